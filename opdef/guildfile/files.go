package guildfile

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/runs/plainfile"
)

// maxFiles limits the number of files that a guild.yml includes.
const maxFiles = 100

// readIncludes adds the objects of included files to the library. An include is a path relative to the including file, or the name of
// a package.
func (f *guildfile) readIncludes(lib *library, n *yaml.Node, abs, shown string, chain []string) error {
	names, err := f.textList(n, objectInclude)
	if err != nil {
		return err
	}
	for _, name := range names {
		path, as := filepath.Join(filepath.Dir(abs), name), filepath.Join(filepath.Dir(shown), name)
		if filepath.IsAbs(name) {
			path, as = name, name
		}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			path, as = filepath.Join(path, Name), filepath.Join(as, Name)
		}
		if _, err := os.Stat(path); err != nil {
			if path = f.findPackage(name, filepath.Dir(abs)); path == "" {
				return f.errorf(n, "there is no '%s' to include; write the path of a file, relative to this one, or a Python package with a %s",
					name, Name)
			}
			as = path
		}
		if i := slices.Index(chain, path); i >= 0 {
			return f.errorf(n, "'include' goes in a circle: %s", strings.Join(append(chain[i:len(chain):len(chain)], path), " -> "))
		}
		if err := f.readFile(lib, n, path, as, chain); err != nil {
			return err
		}
	}
	return nil
}

// readFile adds the objects of a file that node n includes.
func (f *guildfile) readFile(lib *library, n *yaml.Node, path, shown string, chain []string) error {
	if f.files++; f.files > maxFiles {
		return f.errorf(n, "more than %d files are included", maxFiles)
	}
	data, err := plainfile.Read(path)
	if err != nil {
		return f.errorf(n, "the file cannot be read: %v", err)
	}
	return f.read(lib, data, path, shown, chain)
}

// findPackage returns the guild.yml of a Python package: in the directory dir of the file that names it, on PYTHONPATH, or in the
// active environment. It is empty if there is none.
func (f *guildfile) findPackage(name, dir string) string {
	rel := filepath.FromSlash(strings.ReplaceAll(strings.ReplaceAll(name, "-", "_"), ".", "/"))
	dirs := append([]string{dir}, filepath.SplitList(os.Getenv("PYTHONPATH"))...)
	for _, variable := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if env := os.Getenv(variable); env != "" {
			found, _ := filepath.Glob(filepath.Join(env, "lib", "python3*", "site-packages")) // fails only for a malformed pattern, in which case there are no packages
			dirs = append(dirs, found...)
		}
	}
	for _, d := range dirs {
		for _, r := range []string{rel, filepath.Join("gpkg", rel)} {
			path, err := filepath.Abs(filepath.Join(d, r, Name))
			if err != nil || !filepath.IsLocal(r) {
				continue
			}
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return path
			}
		}
	}
	return ""
}
