// Package projecttest makes projects for the tests of packages that are about operations.
package projecttest

import (
	"os"
	"path/filepath"
	"strings"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/project"
)

// T is what is needed of a test.
type T interface {
	Helper()
	Fatal(args ...any)
	Errorf(format string, args ...any)
	TempDir() string
}

// Load loads the project in a directory.
func Load(t T, dir string) *project.Project {
	t.Helper()
	p, err := project.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// New writes files, given as name, content, name, content and so on, to a new directory and loads the project in it.
func New(t T, files ...string) *project.Project {
	t.Helper()
	dir := t.TempDir()
	WriteFiles(t, dir, files...)
	return Load(t, dir)
}

// WriteFiles writes files, given as name, content, name, content and so on, below a directory.
func WriteFiles(t T, dir string, files ...string) {
	t.Helper()
	for i := 0; i+1 < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// Find returns an operation of a project.
func Find(t T, p *project.Project, spec string) *opdef.Operation {
	t.Helper()
	op, err := p.Find(spec)
	if err != nil {
		t.Fatal(err)
	}
	return op
}

// WantError checks that an error has a text and that it is one line.
func WantError(t T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error is %v, want one with %q", err, want)
	}
	if err != nil && strings.Contains(err.Error(), "\n") {
		t.Errorf("error has several lines: %v", err)
	}
}

// Names returns the full names of the operations of a project, separated by spaces.
func Names(p *project.Project) string {
	var names []string
	for _, op := range p.Operations() {
		names = append(names, op.FullName())
	}
	return strings.Join(names, " ")
}

// Defaults returns the flags of an operation as NAME=DEFAULT, with descriptions in parentheses.
func Defaults(op *opdef.Operation) string {
	flags := make([]string, len(op.Flags))
	for i, f := range op.Flags {
		flags[i] = f.Name + "=" + flagvalue.Format(f.Default)
		if f.Description != "" {
			flags[i] += " (" + f.Description + ")"
		}
	}
	return strings.Join(flags, ", ")
}
