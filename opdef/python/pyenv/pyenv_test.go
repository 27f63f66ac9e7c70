package pyenv

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o777); err != nil {
		t.Fatal(err)
	}
}

// project makes a project with an environment of each kind, and a PATH with only an interpreter.
func project(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{".venv", "made-by-uv", "lab", "broken"} {
		write(t, filepath.Join(dir, name, "bin", "python"), "")
	}
	write(t, filepath.Join(dir, ".venv", "pyvenv.cfg"), "home = /usr/bin\n")
	write(t, filepath.Join(dir, "made-by-uv", "pyvenv.cfg"), "home = /usr/bin\nuv = 0.9\n")
	write(t, filepath.Join(dir, "lab", "conda-meta", "history"), "")
	write(t, filepath.Join(dir, "bin", "python3.99"), "")
	write(t, filepath.Join(dir, "home", ".conda", "environments.txt"), "/nowhere/lab\n"+filepath.Join(dir, "lab")+"\n")
	t.Setenv("HOME", filepath.Join(dir, "home"))
	t.Setenv("PATH", filepath.Join(dir, "bin"))
	return dir
}

func TestFind(t *testing.T) {
	dir := project(t)
	tests := []struct{ setting, kind, env, exe, err string }{
		{"", "venv", ".venv", ".venv/bin/python", ""},
		{"no", "", "", "", ""},
		{"made-by-uv", "uv", "made-by-uv", "made-by-uv/bin/python", ""},
		{filepath.Join(dir, "lab"), "conda", "lab", "lab/bin/python", ""},
		{"conda:lab", "conda", "lab", "lab/bin/python", ""},
		{"lab/bin/python", "conda", "lab", "lab/bin/python", ""},
		{"python3.99", "", "", "bin/python3.99", ""},
		{"broken", "", "", "", "neither an environment nor an interpreter"},
		{"conda:none", "", "", "", "there is no conda environment 'none'"},
	}
	for _, tt := range tests {
		got, err := Find(t.Context(), Choice{Setting: tt.setting, Dir: dir})
		want := Environment{Kind: tt.kind}
		if tt.env != "" {
			want.Dir = filepath.Join(dir, tt.env)
		}
		if tt.exe != "" {
			want.Exe = filepath.Join(dir, tt.exe)
		}
		if got != want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%q: %+v, %v", tt.setting, got, err)
		}
	}
	if got, err := Find(t.Context(), Choice{Dir: t.TempDir()}); err != nil || got != (Environment{}) {
		t.Errorf("no environment: %+v, %v", got, err)
	}
}

func TestActive(t *testing.T) {
	for _, tt := range []struct {
		env  map[string]string
		want bool
	}{
		{nil, false},
		{map[string]string{"VIRTUAL_ENV": "/x"}, true},
		{map[string]string{"CONDA_PREFIX": "/x", "CONDA_DEFAULT_ENV": "base"}, false},
		{map[string]string{"CONDA_PREFIX": "/x", "CONDA_DEFAULT_ENV": "lab"}, true},
	} {
		if got := Active(func(name string) string { return tt.env[name] }); got != tt.want {
			t.Errorf("%v: %v", tt.env, got)
		}
	}
}

// TestRestoreErrors: nothing is left if an environment cannot be restored.
func TestRestoreErrors(t *testing.T) {
	dir := project(t)
	target := filepath.Join(dir, "restored")
	if _, err := Restore(t.Context(), Recorded{}, target, io.Discard); err == nil || !strings.Contains(err.Error(), "neither uv nor python3") {
		t.Errorf("without programs: %v", err)
	}
	write(t, filepath.Join(dir, "bin", "uv"), "#!/bin/sh\n/bin/mkdir -p \""+target+"\"\nexit 3\n")
	if _, err := Restore(t.Context(), Recorded{Freeze: []string{"a==1"}}, target, io.Discard); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("a program that fails: %v", err)
	}
	if _, err := Restore(t.Context(), Recorded{}, target, io.Discard); err == nil || !strings.Contains(err.Error(), "neither a lock file nor the packages") {
		t.Errorf("nothing recorded: %v", err)
	}
	if _, err := os.Stat(target); err == nil {
		t.Error("an environment that is not whole was left")
	}
}
