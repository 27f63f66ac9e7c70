package project

import (
	"os"
	"path/filepath"

	"guild/opdef"
)

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
