package userconfig

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestFindOrder(t *testing.T) {
	dir := t.TempDir()
	cwd, home, user := filepath.Join(dir, "cwd"), filepath.Join(dir, "home"), filepath.Join(dir, "user")
	env := map[string]string{"HOME": user}
	find := func() string { return Find(cwd, home, func(k string) string { return env[k] }) }
	if got := find(); got != "" {
		t.Errorf("found %q where there is none", got)
	}
	for _, path := range []string{
		filepath.Join(user, ".guild", "config.yml"),
		filepath.Join(home, "config.yml"),
		filepath.Join(cwd, "guild-config.yml"),
	} {
		write(t, path, "{}")
		if got := find(); got != path {
			t.Errorf("found %q, want %q", got, path)
		}
	}
	env["GUILD_CONFIG"] = "/named"
	if got := find(); got != "/named" {
		t.Errorf("found %q, want the named one", got)
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yml")
	write(t, path, "dashboard-address: 0.0.0.0:8787\npython:\n  exe: /opt/python\ndiff: {command: colordiff -u}\n")
	c, err := Load(path)
	if err != nil || c.DashboardAddress != "0.0.0.0:8787" || c.Python != "/opt/python" || c.Diff != "colordiff -u" {
		t.Errorf("got %+v, %v", c, err)
	}
	for text, want := range map[string]string{"- a list": "must be a map", "a: [": "config.yml"} {
		write(t, path, text)
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q in it", text, err, want)
		}
	}
	for _, none := range []string{path + ".none", os.DevNull, ""} {
		if c, err := Load(none); err != nil || !reflect.DeepEqual(c, Config{}) {
			t.Errorf("%q: %+v, %v", none, c, err)
		}
	}
}

// FuzzLoad reads a user's configuration.
func FuzzLoad(f *testing.F) {
	for _, s := range []string{"dashboard-address: 1\npython: {exe: x}\n", "diff: {command: [a]}", "legacy: {guild-home: pre-0.9}", "[", "a: &a [*a]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "config.yml")
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err != nil && !strings.Contains(err.Error(), path) {
			t.Errorf("an error that does not name the file: %v", err)
		}
	})
}
