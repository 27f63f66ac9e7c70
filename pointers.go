package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guild/opdef"
	opdefcmd "guild/opdef/cmd"
	"guild/opdef/project"
	"guild/opdef/runoption"
	"guild/runs/console"
	"guild/runs/console/grammar"
	"guild/runs/words"
)

// pointers map words that users try as commands to what they should type; words after runs have entries that begin with "runs".
var pointers = map[string]string{
	"cancel":       "guild stop RUN",
	"clean":        "guild runs purge",
	"config":       "guild check",
	"dashboard":    "guild view",
	"del":          "guild runs rm RUN",
	"delete":       "guild runs rm RUN",
	"describe":     "guild runs info RUN",
	"execute":      "guild run",
	"history":      "guild runs",
	"info":         "guild runs info RUN",
	"jobs":         "guild runs -Sr",
	"kill":         "guild stop --force RUN",
	"list":         "guild runs",
	"log":          "guild cat --output RUN",
	"logs":         "guild cat --output RUN",
	"output":       "guild cat --output RUN",
	"ps":           "guild runs -Sr",
	"purge":        "guild runs purge",
	"queue":        "guild run queue",
	"remove":       "guild runs rm RUN",
	"restart":      "guild run --restart RUN",
	"restore":      "guild runs restore RUN",
	"rm":           "guild runs rm RUN",
	"runs cat":     "guild cat",
	"runs compare": "guild compare",
	"runs kill":    "guild stop --force RUN",
	"runs log":     "guild cat --output RUN",
	"runs logs":    "guild cat --output RUN",
	"runs ls":      "guild runs list",
	"runs open":    "guild open",
	"runs ps":      "guild runs -Sr",
	"runs remove":  "guild runs rm RUN",
	"runs restart": "guild run --restart RUN",
	"runs run":     "guild run",
	"runs select":  "guild select",
	"runs show":    "guild runs info RUN",
	"runs start":   "guild run --start RUN",
	"runs status":  "guild runs",
	"runs view":    "guild view",
	"runs watch":   "guild watch RUN",
	"schedule":     "guild run dask:scheduler",
	"scheduler":    "guild run dask:scheduler",
	"show":         "guild runs info RUN",
	"stage":        "guild run --stage",
	"start":        "guild run --start RUN",
	"status":       "guild runs",
	"tail":         "guild watch RUN",
	"trash":        "guild runs list --deleted",
	"ui":           "guild view",
	"undelete":     "guild runs restore RUN",
	"version":      "guild --version",
	"workers":      "guild run dask:scheduler",
}

// point returns the mistake of a command line in words that say what to type in its place, where these are known, or else err as it
// is. args are the words after the name of the program.
func point(err error, line *grammar.Line, args []string, user *opdefcmd.User) error {
	var m *grammar.Mistake
	if !errors.As(err, &m) {
		return err
	}
	switch {
	case m.Kind == grammar.UnknownCommand:
		return pointToCommand(err, m, line.Args[1:], user)
	case m.Kind == grammar.UnknownOption && m.At.Name == "run" && (m.Next == "" || m.Next == m.Word):
		return pointToFlag(err, m.Word, line, args, user)
	}
	return err
}

// pointToCommand returns the error for a word that is not a command: users may know it from other programs, or mean an operation.
func pointToCommand(err error, m *grammar.Mistake, rest []string, user *opdefcmd.User) error {
	name := m.Word
	if m.At.Name == "runs" {
		name = "runs " + name
	} else if p, loadErr := user.LoadProject(""); loadErr == nil && pointers[name] == "" && isOperation(p, name) {
		return refused("there is no command '"+name+"', but an operation of that name", "guild run", append([]string{name}, rest...))
	}
	if instead, known := pointers[name]; known {
		return refused("there is no command '"+name+"'", instead, rest)
	}
	return err
}

// refused returns the error for a wrong command line, which suggests another one.
func refused(what, instead string, rest []string) error {
	if len(rest) > 0 {
		instead = strings.TrimSuffix(instead, " RUN") + " " + words.Join(rest)
	}
	return console.Usage(console.WithHint(errors.New(what), fmt.Sprintf("Try '%s'.", instead)))
}

func isOperation(p *project.Project, name string) bool {
	return slices.ContainsFunc(append(p.Operations(), p.Builtins()...), func(op *opdef.Operation) bool {
		return op.FullName() == name || op.Name == name
	}) || isFile(filepath.Join(p.Dir, name))
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

// pointToFlag says of an unknown option of 'guild run' that it is a flag of the operation.
func pointToFlag(err error, option string, line *grammar.Line, args []string, user *opdefcmd.User) error {
	name := ""
	if len(line.Args) > 0 && !strings.Contains(line.Args[0], "=") {
		name = line.Args[0]
	}
	p, loadErr := user.LoadProject("")
	if loadErr != nil {
		return err
	}
	op, findErr := p.Find(name)
	if findErr != nil {
		return err
	}
	_ = op.ImportFlags(context.Background(), user) // those that cannot be read are not known
	f := flagLike(op, strings.TrimLeft(option, "-"))
	if o, _, known := runoption.Find(option); f == nil && known && o.Absent != "" {
		return err // which says why it is absent
	}
	if f == nil {
		return console.Usage(console.WithHint(fmt.Errorf("%s is neither an option of 'guild run' nor a flag of %s", option, op.FullName()),
			fmt.Sprintf("Flags are given as NAME=VALUE: see 'guild run %s --help-op' for them, and 'guild run --help' for the options.", op.FullName())))
	}
	return console.Usage(console.WithHint(fmt.Errorf("%s is no option of 'guild run', but %s is a flag of %s", option, f.Name, op.FullName()),
		fmt.Sprintf("Use %s.", words.Join([]string{f.Name + "=" + valueOf(option, args)}))))
}

// valueOf returns the value of an option, after = or in the next word; yes if there is none.
func valueOf(option string, args []string) string {
	for i, a := range args {
		name, value, assigned := strings.Cut(a, "=")
		switch {
		case name != option:
		case assigned:
			return value
		case i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") && !strings.Contains(args[i+1], "="):
			return args[i+1]
		}
	}
	return "yes"
}

// flagLike returns the flag that an option means: options are written with dashes, flags as their scripts name them.
func flagLike(op *opdef.Operation, name string) *opdef.Flag {
	for _, n := range []string{name, strings.ReplaceAll(name, "-", "_"), strings.ReplaceAll(name, "_", "-")} {
		if f := op.Flag(n); f != nil {
			return f
		}
	}
	return nil
}
