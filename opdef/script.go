package opdef

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"guild/runs/words"
)

// script returns the operation that runs the file spec, relative to the project, or nil if there is no such file. Its
// project is the directory of the file.
func (p *Project) script(spec string) (*Operation, error) {
	file := spec
	if !filepath.IsAbs(file) {
		file = filepath.Join(p.Dir, file)
	}
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil
	}
	dir, name := filepath.Split(file)
	dir = filepath.Clean(dir)
	op := &Operation{
		Ref:    Ref{PkgType: refScript, PkgName: dir, Op: name},
		Name:   name,
		Dir:    dir,
		script: name,
	}
	switch {
	case strings.HasSuffix(name, ".py"):
		op.Main = name
		op.FlagsImport.Mode = ImportAll
		op.PipFreeze = true
	case interpreterOf(name) != nil:
		if err := op.interpret(name, nil); err != nil {
			return nil, err
		}
		op.FlagsImport.Mode = ImportAll
		op.PipFreeze = op.IsPython()
	default:
		if err := op.execFile(spec, name, info); err != nil {
			return nil, err
		}
	}
	return op, nil
}

// execFile makes the operation run an executable file, which is called spec in messages. name is its path in the source code.
func (op *Operation) execFile(spec, name string, info fs.FileInfo) error {
	if info.Mode()&0o111 == 0 {
		return fmt.Errorf("%s is neither a script of a known kind nor executable; 'chmod +x %s' makes it so", spec, words.Quote(spec))
	}
	place := "./" + path.Join(op.Source.Dest, name)
	if op.Source.None {
		place = filepath.Join(op.sourceDir(), name)
	}
	op.Exec = words.Quote(place) + " ${flag_args}"
	op.FlagsDest = cmp.Or(op.FlagsDest, DestArgs)
	return nil
}

// runNamed makes an operation run what it is named after: a script of the project, or else a Python module.
func (op *Operation) runNamed() error {
	if interpreterOf(op.Name) != nil {
		return op.interpret(op.Name, nil)
	}
	if ext := filepath.Ext(op.Name); ext != "" && ext != ".py" && filepath.IsLocal(op.Name) {
		info, err := os.Stat(filepath.Join(op.sourceDir(), op.Name))
		if err == nil && info.Mode().IsRegular() {
			return op.execFile(op.Name, op.Name, info)
		}
	}
	op.Main = strings.TrimSuffix(op.Name, ".py")
	return nil
}
