package cmd

import (
	"fmt"
	"maps"
	"strings"

	"guild/opdef"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
)

// RunsLabel changes the labels of runs.
type RunsLabel struct {
	Latest
	Set     string   `short:"s" placeholder:"VAL" help:"VAL is the label. It may refer to flags, as in $${lr}, and to $${label}, the label so far." complete:"label"`
	Prepend string   `short:"p" placeholder:"VAL" help:"Put VAL in front of the label."`
	Append  string   `short:"a" placeholder:"VAL" help:"Put VAL behind the label."`
	Remove  []string `short2:"rm" aliases:"untag" sep:"none" placeholder:"VAL" help:"Take VAL, one or more whole words, out of the label. May be repeated."`
	Clear   bool     `short:"c" help:"Take the label away."`
}

// Run changes the labels.
func (k *RunsLabel) Run(c *console.Console, s *catalog.Catalog) error {
	options := []option{{"set", k.Set != ""}, {"append", k.Append != ""}, {"prepend", k.Prepend != ""},
		{"remove", len(k.Remove) > 0}, {"clear", k.Clear}}
	if err := require(c, "label", options...); err != nil {
		return err
	}
	if err := exclude(c, "label", options...); err != nil {
		return err
	}
	n, err := k.change(c, s, k.head(), func(r *runs.Run) error { return r.SetLabel(strings.TrimSpace(k.label(r))) })
	switch {
	case n > 0 && k.Clear:
		c.Notef("Cleared label for %d run(s)\n", n)
	case n > 0:
		c.Notef("Labeled %d run(s)\n", n)
	}
	return err
}

func (k *RunsLabel) head() string {
	var what string
	switch {
	case k.Set != "":
		return fmt.Sprintf("You are about to label the following runs with '%s':", k.Set)
	case k.Prepend != "":
		what = fmt.Sprintf("prepend '%s' to", k.Prepend)
	case k.Append != "":
		what = fmt.Sprintf("append '%s' to", k.Append)
	case k.Clear:
		what = "clear"
	default:
		what = fmt.Sprintf("remove '%s' from", strings.Join(k.Remove, "', '"))
	}
	return fmt.Sprintf("You are about to %s the label of the following runs:", what)
}

// label returns the new label of the run.
func (k *RunsLabel) label(r *runs.Run) string {
	old := strings.TrimSpace(r.Label())
	expand := func(template string) string {
		vals := opdef.Values{}
		maps.Copy(vals, r.Flags())
		vals["label"] = old
		return opdef.Label(strings.ReplaceAll(template, "${label}", "${label|unquote}"), vals)
	}
	switch {
	case k.Clear:
		return ""
	case k.Set != "":
		return expand(k.Set)
	case k.Prepend != "":
		return expand(k.Prepend) + " " + old
	case k.Append != "":
		return old + " " + expand(k.Append)
	}
	for _, part := range k.Remove {
		old = withoutWords(old, part)
	}
	return old
}

// withoutWords removes part, which is one or more words in order, from a text wherever it occurs as whole words.
func withoutWords(text, part string) string {
	words, gone := strings.Fields(text), strings.Fields(part)
	var left []string
	for i := 0; i < len(words); i++ {
		if len(gone) > 0 && strings.Join(words[i:min(i+len(gone), len(words))], " ") == strings.Join(gone, " ") {
			i += len(gone) - 1
			continue
		}
		left = append(left, words[i])
	}
	return strings.Join(left, " ")
}
