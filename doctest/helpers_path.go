package doctest

import (
	"os"
	"path/filepath"
	"strings"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// tempPrefix begins the names of temporary directories.
const tempPrefix = "guild-test-"

func (s *session) pathHelpers() map[string]helper {
	str := func(fn func(string) string) helper {
		return ofText(func(p string) starlark.Value { return starlark.String(fn(p)) })
	}
	test := func(fn func(string) bool) helper {
		return ofText(func(p string) starlark.Value { return starlark.Bool(fn(p)) })
	}
	return map[string]helper{
		"cd":               onPath(s.chdir),
		"cwd":              text(func() (string, error) { return s.cwd, nil }),
		"path":             joinPath,
		"join_path":        joinPath,
		"abspath":          str(s.abspath),
		"realpath":         str(s.realpath),
		"relpath":          s.relpath,
		"basename":         str(basename),
		"dirname":          str(dirname),
		"exists":           test(func(p string) bool { _, err := os.Stat(s.resolve(p)); return err == nil }),
		"isdir":            test(s.isDir),
		"isfile":           test(func(p string) bool { i, err := os.Stat(s.resolve(p)); return err == nil && i.Mode().IsRegular() }),
		"islink":           test(s.isLink),
		"example":          s.example,
		"examples_dir":     text(s.examplesDir),
		"sample":           s.sample,
		"samples_dir":      text(func() (string, error) { return s.samplesDir(), nil }),
		"tests_dir":        text(func() (string, error) { return s.dir, nil }),
		"mkdtemp":          s.mkdtemp,
		"mktemp_guild_dir": text(s.tempGuildHome),
		"compare_paths":    s.comparePaths,
		"which": ofText(func(name string) starlark.Value {
			if path := s.which(name); path != "" {
				return starlark.String(path)
			}
			return starlark.None
		}),
	}
}

var variable = pattern(`\$(\w+|\{[^}]*\})`)

// expand replaces $NAME and ${NAME}; unknown names stay as they are.
func (s *session) expand(text string) string {
	return variable().ReplaceAllStringFunc(text, func(ref string) string {
		if value, ok := s.env[strings.Trim(ref[1:], "{}")]; ok {
			return value
		}
		return ref
	})
}

func (s *session) chdir(path string) error {
	path = s.expand(path)
	target := s.resolve(path)
	info, err := os.Stat(target + "/.")
	if err == nil && info.IsDir() {
		target, err = filepath.EvalSymlinks(target)
	}
	if err != nil {
		return pythonError(err, path)
	}
	s.cwd = target
	return nil
}

// joinPaths joins as os.path.join: an absolute part drops what is before it, and nothing is cleaned.
func joinPaths(parts ...string) string {
	out := parts[0]
	for _, p := range parts[1:] {
		switch {
		case strings.HasPrefix(p, "/"):
			out = p
		case out == "" || strings.HasSuffix(out, "/"):
			out += p
		default:
			out += "/" + p
		}
	}
	return out
}

func joinPath(a arguments) (starlark.Value, error) {
	parts, err := a.strings(1)
	if err != nil {
		return nil, err
	}
	return starlark.String(joinPaths(parts...)), nil
}

func (s *session) abspath(p string) string { return filepath.Clean(joinPaths(s.cwd, p)) }

// realpath resolves a link by one level, relative to the link; other paths in full, as far as they exist.
func (s *session) realpath(p string) string {
	if target, err := os.Readlink(s.resolve(p)); err == nil {
		return s.abspath(joinPaths(dirname(p), target))
	}
	return s.fullPath(p)
}

// fullPath resolves all links of a path; parts that do not exist stay.
func (s *session) fullPath(p string) string {
	abs := joinPaths(s.cwd, p)
	missing := ""
	for {
		if real, err := filepath.EvalSymlinks(abs); err == nil {
			return filepath.Join(real, missing)
		}
		if abs == "/" {
			return filepath.Join(abs, missing)
		}
		missing = filepath.Join(filepath.Base(abs), missing)
		abs = filepath.Dir(abs)
	}
}

func (s *session) relpath(a arguments) (starlark.Value, error) {
	var path string
	start := "."
	if err := a.unpack("path", &path, "start?", &start); err != nil {
		return nil, err
	}
	if path == "" {
		return nil, pystar.Errorf("ValueError", "no path specified")
	}
	rel, err := filepath.Rel(s.abspath(start), s.abspath(path))
	return starlark.String(rel), err
}

func basename(p string) string { return p[strings.LastIndex(p, "/")+1:] }

func dirname(p string) string {
	head := p[:strings.LastIndex(p, "/")+1]
	if trimmed := strings.TrimRight(head, "/"); trimmed != "" {
		return trimmed
	}
	return head
}

func (s *session) isDir(p string) bool {
	info, err := os.Stat(s.resolve(p))
	return err == nil && info.IsDir()
}

func (s *session) isLink(p string) bool {
	info, err := os.Lstat(s.resolve(p))
	return err == nil && info.Mode()&os.ModeSymlink != 0
}

func (s *session) examplesDir() (string, error) {
	if dir := s.env["EXAMPLES"]; dir != "" {
		return dir, nil
	}
	return "", pystar.Errorf("RuntimeError", "no examples directory: use the option --examples or set EXAMPLES")
}

func (s *session) example(a arguments) (starlark.Value, error) {
	var name string
	if err := a.unpack("name", &name); err != nil {
		return nil, err
	}
	dir, err := s.examplesDir()
	if err != nil {
		return nil, err
	}
	return starlark.String(joinPaths(dir, name)), nil
}

func (s *session) samplesDir() string {
	if s.cfg.Samples != "" {
		return s.cfg.Samples
	}
	return joinPaths(s.dir, "samples")
}

func (s *session) sample(a arguments) (starlark.Value, error) {
	parts, err := a.strings(0)
	if err != nil {
		return nil, err
	}
	return starlark.String(joinPaths(append([]string{s.samplesDir()}, parts...)...)), nil
}

func (s *session) mkdtemp(a arguments) (starlark.Value, error) {
	prefix := tempPrefix
	if err := a.unpack("prefix?", &prefix); err != nil {
		return nil, err
	}
	dir, err := s.tempDir(prefix)
	return starlark.String(dir), err
}

func (s *session) comparePaths(a arguments) (starlark.Value, error) {
	var x, y string
	if err := a.unpack("path1", &x, "path2", &y); err != nil {
		return nil, err
	}
	return starlark.Bool(s.fullPath(x) == s.fullPath(y)), nil
}
