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
	"guild/runs/console"
	"guild/runs/words"
)

// pointers say what to type in place of words that people try as commands, and in place of those of the group runs where the word
// runs stands in front.
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

// point returns the error of a command line that the grammar has refused in words that say what to type in its place, where these
// are known, or else err as it is. project loads the one of a directory.
func point(args []string, err error, project func(dir string) (*opdef.Project, error), reader opdef.FlagReader) error {
	dir, words := subject(args)
	if len(words) == 0 {
		return err
	}
	if words[0] == "run" {
		if p, loadErr := project(dir); loadErr == nil {
			return pointToFlag(words[1:], err, p, reader)
		}
		return err
	}
	named := 1
	if words[0] == "runs" {
		named = 2
	}
	if named > len(words) || !strings.Contains(err.Error(), words[named-1]) {
		return err
	}
	name, rest := strings.Join(words[:named], " "), words[named:]
	instead, known := pointers[name]
	if !known && named == 1 {
		if p, loadErr := project(dir); loadErr == nil && isOperation(p, name) {
			return refused("there is no command '"+name+"', but an operation of that name", "guild run", words)
		}
	}
	if !known {
		return err
	}
	return refused("there is no command '"+name+"'", instead, rest)
}

// refused is the error of a wrong command line, with another one to try.
func refused(what, instead string, rest []string) error {
	if len(rest) > 0 {
		instead = strings.TrimSuffix(instead, " RUN") + " " + words.Join(rest)
	}
	return console.Usage(console.WithHint(errors.New(what), fmt.Sprintf("Try '%s'.", instead)))
}

// subject returns the directory of the option -C and the words from the command on.
func subject(args []string) (dir string, rest []string) {
	for i := 0; i < len(args); i++ {
		value, isDir := strings.CutPrefix(args[i], "-C")
		switch a := args[i]; {
		case a == "-C" || a == "--chdir":
			i++
			if i < len(args) {
				dir = args[i]
			}
		case a == "-H" || a == "--home":
			i++
		case strings.HasPrefix(a, "--chdir="):
			dir = strings.TrimPrefix(a, "--chdir=")
		case isDir:
			dir = value
		case !strings.HasPrefix(a, "-"):
			return dir, args[i:]
		}
	}
	return dir, nil
}

func isOperation(p *opdef.Project, name string) bool {
	return slices.ContainsFunc(append(p.Operations(), p.Builtins()...), func(op *opdef.Operation) bool {
		return op.FullName() == name || op.Name == name
	}) || isFile(filepath.Join(p.Dir, name))
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

// pointToFlag says of an unknown option of 'guild run' that it is a flag of the operation.
func pointToFlag(args []string, err error, p *opdef.Project, reader opdef.FlagReader) error {
	op, findErr := operationIn(args, p)
	if findErr != nil {
		return err
	}
	_ = op.ImportFlags(context.Background(), reader) // those that cannot be read are not known
	for i, a := range args {
		option, value, assigned := strings.Cut(a, "=")
		name := strings.TrimLeft(option, "-")
		if name == "" || name == option || !mentions(err.Error(), option) {
			continue
		}
		f := flagLike(op, name)
		if f == nil {
			return console.Usage(console.WithHint(fmt.Errorf("%s is neither an option of 'guild run' nor a flag of %s", option, op.FullName()),
				fmt.Sprintf("Flags are given as NAME=VALUE: see 'guild run %s --help-op' for them, and 'guild run --help' for the options.", op.FullName())))
		}
		switch {
		case assigned:
		case i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") && !strings.Contains(args[i+1], "="):
			value = args[i+1]
		default:
			value = "yes"
		}
		return console.Usage(console.WithHint(fmt.Errorf("%s is no option of 'guild run', but %s is a flag of %s", option, f.Name, op.FullName()),
			fmt.Sprintf("Use %s.", words.Join([]string{f.Name + "=" + value}))))
	}
	return err
}

// mentions tells whether the message is about the option, and not one that begins like it.
func mentions(message, option string) bool {
	for rest := message; ; {
		i := strings.Index(rest, option)
		if i < 0 {
			return false
		}
		rest = rest[i+len(option):]
		if rest == "" || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", rune(rest[0])) {
			return true
		}
	}
}

// operationIn is the operation that the arguments of 'guild run' name.
func operationIn(args []string, p *opdef.Project) (*opdef.Operation, error) {
	for _, a := range args {
		if strings.HasPrefix(a, "-") {
			continue
		}
		if strings.Contains(a, "=") {
			break
		}
		return p.Find(a)
	}
	return p.Find("")
}

// flagLike is the flag that an option means: options are written with dashes, flags as their scripts name them.
func flagLike(op *opdef.Operation, name string) *opdef.Flag {
	for _, n := range []string{name, strings.ReplaceAll(name, "-", "_"), strings.ReplaceAll(name, "_", "-")} {
		if f := op.Flag(n); f != nil {
			return f
		}
	}
	return nil
}
