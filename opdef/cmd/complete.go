package cmd

import (
	"context"
	"slices"
	"strings"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/project"
	"guild/runs/console/grammar"
)

// Complete returns the completions of a word that names an operation of the project or one of its flags.
func Complete(ctx context.Context, projects Projects, r opdef.FlagReader, p *grammar.Point) []grammar.Candidate {
	project, err := projects.LoadProject("")
	if err != nil { // completion reports no errors
		return nil
	}
	op, _ := SplitArgs(p.Args)
	switch p.Kind {
	case "operation":
		return p.Matching(operationNames(project))
	case "model":
		return p.Matching(modelNames(project))
	case "optimizer":
		return p.Matching(append(optimizerNames(project, op), operationNames(project)...))
	case "runnable", "flag":
		isFlag := strings.Contains(p.Prefix(), "=") || strings.HasPrefix(p.Prefix(), "@")
		var list []grammar.Candidate
		if op == "" && !isFlag { // flags may come before the operation
			list = append(operationNames(project), builtins()...)
			list = append(p.Matching(list), grammar.Files(".", p.Prefix(), scriptPatterns...)...)
		}
		return append(list, flags(ctx, project, r, p, op)...)
	}
	return nil
}

// scriptPatterns are the names of files that are offered as operations.
var scriptPatterns = []string{"*.py", "*.ipynb", "*.R", "*.r", "*.qmd", "*.sh"}

// CompleteFlags returns the completions of a word that names or sets a flag of an operation, or of an optimizer.
func CompleteFlags(ctx context.Context, projects Projects, r opdef.FlagReader, p *grammar.Point, operation string) []grammar.Candidate {
	project, err := projects.LoadProject("")
	if err != nil { // completion reports no errors
		return nil
	}
	return flags(ctx, project, r, p, operation)
}

func modelNames(project *project.Project) []grammar.Candidate {
	var list []grammar.Candidate
	for _, m := range project.Models {
		if m.Name != "" {
			first, _, _ := strings.Cut(m.Description, "\n")
			list = append(list, grammar.Candidate{Text: m.Name, Help: first})
		}
	}
	return list
}

// optimizerNames returns the optimizers that an operation defines, and the built-in ones.
func optimizerNames(project *project.Project, operation string) []grammar.Candidate {
	var list []grammar.Candidate
	if op, err := project.Find(operation); err == nil {
		for _, o := range op.Optimizers {
			list = append(list, grammar.Candidate{Text: o.Name})
		}
	}
	for _, op := range project.BuiltinOptimizers() {
		list = append(list, grammar.Candidate{Text: op.Name, Help: op.Description})
	}
	return list
}

// SplitArgs splits the arguments of 'guild run'. The operation is the first argument that is neither a flag nor a batch file; it may
// be empty.
func SplitArgs(args []string) (operation string, flags []string) {
	for i, a := range args {
		if !strings.Contains(a, "=") && !strings.HasPrefix(a, "@") {
			return a, slices.Concat(args[:i], args[i+1:])
		}
	}
	return "", args
}

func operationNames(project *project.Project) []grammar.Candidate {
	var list []grammar.Candidate
	for _, op := range project.Operations() {
		if !op.IsPrivate() {
			first, _, _ := strings.Cut(op.Description, "\n")
			list = append(list, grammar.Candidate{Text: op.FullName(), Help: first})
		}
	}
	return list
}

func builtins() []grammar.Candidate {
	var list []grammar.Candidate
	for _, name := range project.BuiltinNames() {
		list = append(list, grammar.Candidate{Text: name})
	}
	return list
}

// flags returns the flags of an operation that are not assigned yet, or the values of the flag whose value is being typed.
func flags(ctx context.Context, project *project.Project, r opdef.FlagReader, p *grammar.Point, name string) []grammar.Candidate {
	if batch, ok := strings.CutPrefix(p.Prefix(), "@"); ok {
		return lead("@", grammar.Files(".", batch, "*.csv", "*.yaml", "*.yml", "*.json"))
	}
	op, err := project.Find(name)
	if p.Kind == "optimizer-flag" {
		op, err = project.Optimizer(name)
	}
	if err != nil {
		return nil
	}
	_ = op.ImportFlags(ctx, r) // the flags of the guild.yml remain
	flagName, value, isValue := strings.Cut(p.Prefix(), "=")
	var list []grammar.Candidate
	for _, f := range op.Flags {
		switch {
		case isValue && f.Name == flagName:
			return p.Matching(lead(flagName+"=", flagValues(f, value)))
		case !isValue && !given(p.Args, f.Name):
			list = append(list, grammar.Candidate{Text: f.Name + "=", Help: f.Description})
		}
	}
	return p.Matching(list)
}

func given(args []string, flag string) bool {
	for _, a := range args {
		if name, _, ok := strings.Cut(a, "="); ok && name == flag {
			return true
		}
	}
	return false
}

func flagValues(f *opdef.Flag, typed string) []grammar.Candidate {
	var list []grammar.Candidate
	for _, c := range f.Choices {
		v := c.Value
		if c.Alias != nil {
			v = c.Alias
		}
		list = append(list, grammar.Candidate{Text: flagvalue.Format(v), Help: c.Description})
	}
	switch {
	case len(list) > 0:
		return list
	case f.Type == flagvalue.TypeBoolean:
		return []grammar.Candidate{{Text: "true"}, {Text: "false"}}
	case f.Type == flagvalue.TypePath, f.Type == flagvalue.TypeExistingPath:
		return grammar.Files(".", typed, "*")
	}
	return nil
}

func lead(with string, list []grammar.Candidate) []grammar.Candidate {
	for i := range list {
		list[i].Text = with + list[i].Text
	}
	return list
}
