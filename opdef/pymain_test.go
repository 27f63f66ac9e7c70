package opdef_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef/project/projecttest"
	"guild/opdef/python"
)

// asked is a reader of flags that records requests.
type asked struct{ script python.Script }

func (a *asked) Interface(_ context.Context, s python.Script) (string, error) {
	a.script = s
	return python.Args, nil
}

func (a *asked) Flags(_ context.Context, s python.Script) (python.Detection, error) {
	a.script = s
	return python.Detection{Dest: python.Args}, nil
}

func (a *asked) Written(ctx context.Context, s python.Script) (python.Detection, error) {
	return a.Flags(ctx, s)
}

func TestPythonPath(t *testing.T) {
	p := projecttest.New(t, "src/mod.py", "", "src/pkg/sub.py", "", "lib/main/__main__.py", "", "other.py", "", "guild.yml", `
- operations:
    mod: {main: mod a, python-path: src}
    sub: {main: pkg.sub, python-path: [lib, src]}
    whole: {main: main, python-path: '[lib, src]'}
    plain: {main: other, python-path: src}
    gone: {main: gone, python-path: src}
    dir: {main: src/pkg.sub}
`)
	for name, want := range map[string]python.Script{
		"mod":   {Path: "src/mod.py", Name: "mod.py", Module: "mod", Dir: "src", PythonPath: []string{"."}, Args: []string{"a"}},
		"sub":   {Path: "src/pkg/sub.py", Name: "pkg/sub.py", Module: "pkg.sub", Dir: "src", PythonPath: []string{".", "lib"}, Args: []string{}},
		"whole": {Path: "lib/main/__main__.py", Name: "main/__main__.py", Module: "main", Dir: "lib", PythonPath: []string{".", "src"}, Args: []string{}},
		"plain": {Path: "other.py", Name: "other.py", Dir: ".", PythonPath: []string{"src"}, Args: []string{}},
		"gone":  {},
		"dir":   {Path: "src/pkg/sub.py", Name: "pkg/sub.py", Module: "pkg.sub", Dir: "src", PythonPath: []string{"."}, Args: []string{}},
	} {
		var r asked
		if err := projecttest.Find(t, p, name).ImportFlags(t.Context(), &r); err != nil {
			t.Fatal(err)
		}
		if want.Path != "" {
			want.Path, want.Dir = filepath.Join(p.Dir, want.Path), filepath.Join(p.Dir, want.Dir)
			for i, dir := range want.PythonPath {
				want.PythonPath[i] = filepath.Join(p.Dir, dir)
			}
			want.Env.Dir = p.Dir
		}
		if d := cmp.Diff(want, r.script); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if d := cmp.Diff([]string{"src"}, projecttest.Find(t, p, "dir").PythonPath); d != "" {
		t.Error(d)
	}
	argv, _, err := projecttest.Find(t, p, "mod").Command().Build(nil, map[string]string{"python_exe": "py"})
	if d := cmp.Diff([]string{"py", "-u", "-m", "mod", "a"}, argv); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
}

func TestEnvSecrets(t *testing.T) {
	p := projecttest.New(t, "guild.yml", "a: {exec: x, env: {A: 1, B: hidden}, env-secrets: [B, C]}\n")
	op := projecttest.Find(t, p, "a")
	if d := cmp.Diff(map[string]any{"A": 1}, op.Command().Env); d != "" || op.Env["B"] != "hidden" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"B", "C"}, op.EnvSecrets); d != "" {
		t.Error(d)
	}
}
