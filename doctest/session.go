package doctest

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// session is the state of one running document. Its directory and environment stand in for those of the process, which
// stay as they are.
type session struct {
	ctx   context.Context
	cfg   Config
	dir   string // of the document, absolute
	cwd   string // absolute, without links
	env   map[string]string
	out   *strings.Builder // what the running example has printed
	temps []string         // directories to remove at the end
	grace time.Duration    // see killGrace
	names *pystar.Namespace
}

// newSession prepares to run a document in the directory. Where the environment names no Guild home, the session gets
// one of its own. The caller must call close.
func newSession(ctx context.Context, cfg Config, dir string) (*session, error) {
	s := &session{ctx: ctx, cfg: cfg, dir: dir, cwd: dir, env: map[string]string{}, out: &strings.Builder{}, grace: killGrace}
	environ := cfg.Env
	if environ == nil {
		environ = os.Environ()
	}
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		s.env[name] = value
	}
	if cfg.Guild != "" {
		s.env["PATH"] = filepath.Dir(cfg.Guild) + string(os.PathListSeparator) + s.env["PATH"]
	}
	if cfg.Examples != "" {
		s.env["EXAMPLES"] = cfg.Examples
	}
	if s.env["GUILD_HOME"] == "" {
		home, err := s.tempGuildHome()
		if err != nil {
			return nil, err
		}
		s.env["GUILD_HOME"] = home
	}
	s.names = pystar.NewNamespace(s.helpers(), func(v starlark.Value) { s.print(pystar.Repr(v), "\n") })
	return s, nil
}

// removeTries and removePause bound the wait for a process that still writes to a temporary directory.
const (
	removeTries = 5
	removePause = 100 * time.Millisecond
)

// close removes the temporary directories and returns an error that names those which could not be removed.
func (s *session) close() error {
	var left []string
	for _, dir := range s.temps {
		err := os.RemoveAll(dir)
		for try := 1; err != nil && try < removeTries; try++ {
			time.Sleep(removePause)
			err = os.RemoveAll(dir)
		}
		if err != nil {
			left = append(left, err.Error())
		}
	}
	if left != nil {
		return fmt.Errorf("temporary directories are left behind: %s", strings.Join(left, "; "))
	}
	return nil
}

func (s *session) print(parts ...string) {
	for _, p := range parts {
		s.out.WriteString(p)
	}
}

// take returns what was printed since the last call.
func (s *session) take() string {
	text := s.out.String()
	s.out.Reset()
	return text
}

func (s *session) getenv(name string) string { return s.env[name] }

// setenv sets a variable, or removes it if value is None.
func (s *session) setenv(name string, value starlark.Value) {
	if value == starlark.None {
		delete(s.env, name)
		return
	}
	s.env[name] = pystar.Str(value)
}

// environ returns the environment as exec.Cmd takes it.
func (s *session) environ(extra ...string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.env)) {
		out = append(out, name+"="+s.env[name])
	}
	return append(out, extra...)
}

// resolve makes a path of the document usable by this process. Nothing is cleaned, as a/../b need not be b.
func (s *session) resolve(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return s.cwd + "/" + path
}

// which returns the path of a command, or an empty text.
func (s *session) which(name string) string {
	if strings.Contains(name, "/") {
		if s.executable(name) {
			return name
		}
		return ""
	}
	for _, dir := range filepath.SplitList(s.env["PATH"]) {
		if dir == "" {
			dir = "."
		}
		if path := dir + "/" + name; name != "" && s.executable(path) {
			return path
		}
	}
	return ""
}

func (s *session) executable(path string) bool {
	info, err := os.Stat(s.resolve(path))
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

func (s *session) tempDir(prefix string) (string, error) {
	base := s.env["TMPDIR"]
	if base == "" {
		base = os.TempDir()
	}
	dir, err := os.MkdirTemp(s.resolve(base), strings.ReplaceAll(prefix, "*", "")+"*")
	if err != nil {
		return "", pythonError(err, base)
	}
	s.temps = append(s.temps, dir)
	return dir, nil
}

// tempGuildHome makes a temporary directory with the layout of a Guild home.
func (s *session) tempGuildHome() (string, error) {
	home, err := s.tempDir(tempPrefix)
	if err != nil {
		return "", err
	}
	for _, dir := range []string{"runs", "trash", "cache/runs"} {
		if err := os.MkdirAll(filepath.Join(home, dir), 0o777); err != nil {
			return "", pythonError(err, home)
		}
	}
	return home, pythonError(os.WriteFile(filepath.Join(home, ".guild-nocopy"), nil, 0o666), home)
}
