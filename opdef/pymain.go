package opdef

import (
	"os"
	"path/filepath"
	"strings"

	"guild/opdef/python"
	"guild/runs/words"
)

// pyMain is what Python runs for an operation.
type pyMain struct {
	script string   // file relative to root; empty for a module that is not part of the project
	root   string   // absolute directory that the module is imported from: the project, or one of its python-path
	module string   // module to run by name, empty to run the script by its path
	args   []string // arguments in front of those of the flags, with references
}

// python takes main apart: [DIR/]MODULE [ARG...]. A module of one name is a file of the project that is run by its path,
// all others are run by name: packages, modules of packages, and modules that are installed. DIR is then a directory to import
// from.
func (op *Operation) python() pyMain {
	if op.script != "" {
		return pyMain{script: op.script, root: op.Dir}
	}
	words, err := words.Split(op.Main)
	if err != nil || len(words) == 0 {
		return pyMain{} // finish has seen to it that there is a main, and that it is made of words
	}
	name := strings.TrimSuffix(words[0], ".py")
	if under := strings.ReplaceAll(name, "-", "_"); !hasFile(op.sourceDir(), name+".py") && hasFile(op.sourceDir(), under+".py") {
		name = under // a name of an operation that is none of a module
	}
	m := pyMain{args: words[1:], root: op.sourceDir()}
	if file := name + ".py"; !strings.Contains(filepath.Base(name), ".") && hasFile(op.sourceDir(), file) {
		m.script = file
		return m
	}
	dirs := append([]string{"."}, op.PythonPath...)
	if i := strings.LastIndexByte(name, '/'); i > 0 {
		dirs, name = []string{name[:i]}, name[i+1:]
	}
	m.module = name
	path := filepath.FromSlash(strings.ReplaceAll(name, ".", "/"))
	for _, dir := range dirs {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(op.sourceDir(), filepath.FromSlash(dir))
		}
		for _, file := range []string{path + ".py", filepath.Join(path, "__main__.py")} {
			if hasFile(dir, file) {
				m.script, m.root = file, dir
				return m
			}
		}
	}
	return m
}

func hasFile(dir, rel string) bool {
	if !filepath.IsLocal(rel) {
		return false
	}
	info, err := os.Stat(filepath.Join(dir, rel))
	return err == nil && info.Mode().IsRegular()
}

// target describes the script to the reader of flags. It imports from where it will when it is run.
func (op *Operation) target(m pyMain, dest string) python.Script {
	s := python.Script{Path: filepath.Join(m.root, m.script), Name: m.script, Module: m.module, Dir: m.root, Args: m.args, Dest: scriptDest(dest)}
	for _, dir := range append([]string{"."}, op.PythonPath...) {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(op.sourceDir(), filepath.FromSlash(dir))
		}
		if dir != m.root {
			s.PythonPath = append(s.PythonPath, dir)
		}
	}
	return s
}
