package project

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"guild/opdef"
	"guild/opdef/program"
	"guild/runs/plainfile"
)

// Scripts returns the names of the files in the project's directory that can be run without a guild.yml: Python modules, notebooks, R
// scripts, Quarto documents, and executable files that name their interpreter. Names that begin with a dot or an underscore are left out.
func (p *Project) Scripts() ([]string, error) {
	entries, err := os.ReadDir(p.Dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		info, err := os.Stat(filepath.Join(p.Dir, name))
		if err != nil || !info.Mode().IsRegular() || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
			continue
		}
		executable := info.Mode()&0o111 != 0 && namesInterpreter(filepath.Join(p.Dir, name))
		if strings.HasSuffix(name, ".py") || program.InterpreterOf(name) != nil || executable {
			names = append(names, name)
		}
	}
	return names, nil
}

// namesInterpreter reports whether a file begins with #!.
func namesInterpreter(file string) bool {
	f, err := plainfile.Open(file)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	var head [2]byte
	_, err = io.ReadFull(f, head[:])
	return err == nil && string(head[:]) == "#!"
}

// script returns the operation that runs the file spec, a path relative to the project, or nil if there is no such file. The project
// of the operation is the directory of the file.
func (p *Project) script(spec string) (*opdef.Operation, error) {
	file := spec
	if !filepath.IsAbs(file) {
		file = filepath.Join(p.Dir, file)
	}
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil
	}
	dir, name := filepath.Split(file)
	return opdef.OfFile(filepath.Clean(dir), name, spec, info)
}
