package program

import (
	"os"
	"path/filepath"
	"strings"

	"guild/runs/words"
)

// Python is a Python module or script with its arguments.
type Python struct {
	Script string   // file relative to Root; empty for a module that is not part of the project
	Root   string   // absolute directory that the module is imported from: that of the source code, or one of the import path
	Module string   // module to run by name, empty to run the script by its path
	Args   []string // arguments before those of the flags, with references
}

// FindPython finds what the attribute main of an operation names: [DIR/]MODULE [ARG...]. A module of one name is a file of the source
// code and is run by its path. All others are run by name: packages, modules of packages, and modules that are installed. DIR is
// then a directory to import from. dir is the absolute directory of the source code; path are further directories to import from,
// absolute or relative to dir.
func FindPython(main, dir string, path []string) Python {
	words, err := words.Split(main)
	if err != nil || len(words) == 0 {
		return Python{} // the parser of guild.yml refuses such a main
	}
	name := strings.TrimSuffix(words[0], ".py")
	if under := strings.ReplaceAll(name, "-", "_"); !hasFile(dir, name+".py") && hasFile(dir, under+".py") {
		name = under // operations are often named after a module, with dashes where it has underscores
	}
	m := Python{Args: words[1:], Root: dir}
	if file := name + ".py"; !strings.Contains(filepath.Base(name), ".") && hasFile(dir, file) {
		m.Script = file
		return m
	}
	dirs := append([]string{"."}, path...)
	if i := strings.LastIndexByte(name, '/'); i > 0 {
		dirs, name = []string{name[:i]}, name[i+1:]
	}
	m.Module = name
	modulePath := filepath.FromSlash(strings.ReplaceAll(name, ".", "/"))
	for _, root := range dirs {
		if !filepath.IsAbs(root) {
			root = filepath.Join(dir, filepath.FromSlash(root))
		}
		for _, file := range []string{modulePath + ".py", filepath.Join(modulePath, "__main__.py")} {
			if hasFile(root, file) {
				m.Script, m.Root = file, root
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

// PassModule is a module that only prints its arguments, which are flags only if the operation says so. Projects use it as main of
// operations that exist only for their dependencies.
const (
	PassModule = "guild.pass"
)

// IsPass reports whether the module is PassModule, which guild.op_main has itself.
func (m Python) IsPass() bool { return m.Module == PassModule && m.Script == "" }
