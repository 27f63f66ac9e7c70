package attribute

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// WriteReference writes the reference page of guild.yml, in Markdown.
func WriteReference(w io.Writer) error {
	var b strings.Builder
	setup, err := examples.ReadFile("examples/setup.md")
	if err != nil {
		return fmt.Errorf("write the reference of guild.yml: %w", err)
	}
	fmt.Fprintf(&b, head, setup)
	for _, t := range typeList() {
		fmt.Fprintf(&b, "| %s | %s |\n", t.t, t.text)
	}
	for _, p := range Places() {
		title := string(p)
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", strings.ToUpper(title[:1])+title[1:], about(p))
		b.WriteString("| attribute | type | what it says | since |\n|---|---|---|---|\n")
		list := slices.Clone(Of(p))
		slices.SortStableFunc(list, func(a, b Attribute) int { return boolOrder(a.Ignored) - boolOrder(b.Ignored) })
		for _, a := range list {
			text := a.Description
			if slices.Contains(p.Required(), a.Name) {
				text += " *Required.*"
			}
			if a.Ignored {
				text += " *Changes nothing.*"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", a.Name, a.Type, strings.ReplaceAll(text, "|", `\|`), a.Since())
		}
		if file := exampleAfter(p); file != "" {
			text, err := examples.ReadFile(file)
			if err != nil {
				return fmt.Errorf("write the reference of guild.yml: %w", err)
			}
			fmt.Fprintf(&b, "\n### Example: %s\n\n%s", strings.TrimSuffix(path.Base(file), ".md"), text)
		}
	}
	_, err = io.WriteString(w, b.String())
	if err != nil {
		return fmt.Errorf("write the reference of guild.yml: %w", err)
	}
	return nil
}

func boolOrder(b bool) int {
	if b {
		return 1
	}
	return 0
}

const head = `---
doctest-type: bash
---

# Reference of guild.yml

<!-- This page is made from the table of attributes in opdef/attribute. 'go test ./opdef/attribute -update' writes it anew. -->

A ` + "`guild.yml`" + ` says what can be run in a project. It is YAML 1.1, in which yes, no, on and off are switches. It is either a mapping
of names to operations, or a list of objects: models, configs, includes and packages.

An attribute that is not known, or is in the wrong place, is ignored with a warning, and so is the first of two definitions of one
name. What is wrong with an operation keeps that operation from being run, and no other. ` + "`guild check`" + ` shows all of it and fails.
` + "`guild check --schema`" + ` prints a JSON schema for editors.

%s
## Types

| type | values |
|---|---|
`

func typeList() []struct {
	t    Type
	text string
} {
	return []struct {
		t    Type
		text string
	}{
		{Text, "a text; numbers, yes and no are taken as they are written"},
		{Texts, "a text or a list of texts"},
		{Switch, "yes or no"},
		{Count, "a whole number above 0"},
		{Number, "a number"},
		{Mapping, "a mapping of names to values"},
		{Variables, "a mapping of names to values, or `all`"},
		{Value, "anything"},
		{FlagType, "`string`, `int`, `float`, `number` (int or float), `boolean`, `path` (made absolute), `existing-path`, `auto` (as without a type)"},
		{TargetType, "`copy` or `link`"},
		{Operations, "a mapping of names to operations. `$include: REF` adds others: `CONFIG`, `MODEL:OPERATION` or `:OPERATION`, with `#NAME,NAME` for some of it"},
		{Defaults, "an operation, or a text, which is its `main`"},
		{Flags, "a mapping of names to flags, or to values, which are their defaults. `$include` as above"},
		{FlagValues, "a mapping of names to values, with `$include` as above, or a list of assignments `NAME=VALUE`"},
		{Import, "`yes` or `all`, `no`, or a list of names"},
		{Choices, "a list of values or choices"},
		{Steps, "a list of steps, or of texts: the arguments of `guild run`"},
		{Checks, "a check or a list of them"},
		{Selection, "rules, or the mapping sourcecode"},
		{Rules, "`no`, a pattern, or a list of patterns and rules. Patterns alone say all that is selected"},
		{Files, "a pattern, a list of patterns, or the mapping file kind"},
		{Resources, "a mapping of names to resources, sources or lists of sources. `$include` as above"},
		{Requires, "a resource, a source, the name of a resource (`NAME` or `MODEL:NAME`), or a list of these"},
		{Sources, "a list of sources; a text is a file"},
		{FlagName, "a text, or `no`"},
		{Renames, "a text, the mapping rename, or a list of these"},
		{Output, "`no`, a pattern, a mapping of names to patterns, or a list of these. A pattern is a regular expression; `\\key`, `\\value` and `\\step` stand for parts of it"},
		{Optimizers, "a list of names, or a mapping of names to optimizers"},
		{OneOptim, "a name, or an optimizer"},
		{Goal, "a column, or an objective"},
		{Reports, "the mapping publish"},
	}
}

// about returns the text for a place that precedes its attributes.
func about(p Place) string {
	switch p {
	case Model:
		return "An object of the list: operations under one name."
	case Config:
		return "An object of the list, to be inherited with `extends` or included with `$include`. It can have any other attribute too."
	case Include:
		return "An object of the list that stands for the objects of other files."
	case Package:
		return "An object of the list. Guild AI makes packages of it; it can have any other attribute too."
	case Operation:
		return "One of `main`, `exec`, `notebook` and `steps` says what is run. Without any, the operation runs the script that it is named after " +
			"(`train.R`, `prep.sh`), or else the Python module."
	case Flag:
		return "A flag that is no mapping is its `default`. Other attributes are kept, for search spaces."
	case Choice:
		return "A legal value of a flag, with what is said of it."
	case Step:
		return "A step that is a text has its arguments of `guild run` in one line."
	case Check:
		return "What a step expects of its run: either `output`, or `file` with `contains` or `compare-to`."
	case Resource:
		return "What operations require: a list of sources."
	case Source:
		return "One of `file`, `url`, `operation`, `config` and `module`."
	case Rename:
		return "What replaces the name of a file."
	case Sourcecode:
		return "Which files are copied to the run as source code."
	case Rule:
		return "An item of `select`: either `include` or `exclude`. The last rule that matches a file decides."
	case FileKind:
		return "Patterns by the kind of file. `*` matches slashes too; a pattern without a slash is for names in every directory."
	case Optimizer:
		return "Other attributes are flags of the optimizer."
	case Objective:
		return "Either of these."
	case Publish:
		return "What reports of the runs are made of."
	}
	return ""
}
