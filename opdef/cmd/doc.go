// Package cmd has the commands that show what can be run. Their structs have the tags of the command line parser, which sets the fields;
// the parameters of Run are only what it uses.
package cmd

import (
	"guild/opdef/project"
)

// Projects loads projects.
type Projects interface {
	// LoadProject reads the project of a directory; empty is the current one.
	LoadProject(dir string) (*project.Project, error)
	// LoadWhole is LoadProject for a command that shows all operations: it also warns about what keeps some from being run.
	LoadWhole(dir string) (*project.Project, error)
}
