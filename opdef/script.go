package opdef

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"guild/runs/words"
)

// script returns the operation that runs the file spec, relative to the project, or nil if there is no such file. Its
// project is the directory of the file.
func (p *Project) script(spec string) (*Operation, error) {
	path := spec
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.Dir, path)
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil
	}
	dir, name := filepath.Split(path)
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
	case info.Mode()&0o111 == 0:
		return nil, fmt.Errorf("%s is neither a script of a known kind nor executable; 'chmod +x %s' makes it so", spec, words.Quote(spec))
	default:
		op.Exec = words.Quote("./"+name) + " ${flag_args}"
		op.FlagsDest = DestArgs
	}
	return op, nil
}
