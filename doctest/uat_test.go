package doctest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeFiles writes files of the given texts.
func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// runPass runs an acceptance pass and returns its reports.
func runPass(t *testing.T, cfg Config, index string) string {
	t.Helper()
	p, err := NewPass(cfg, index)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := p.Run(t.Context(), func(r *Result) error { return r.Report(&b) }); err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(b.String(), filepath.Dir(index)+"/", "")), " ")
}

func TestPass(t *testing.T) {
	dir, workspace := t.TempDir(), t.TempDir()
	writeFiles(t, dir, map[string]string{
		"README.md": "- [first](one.md)\n- [b](two.md), [c](slow-one.md)\n- [d](fixme.md)\n- [e](bad.md)\n- [f](never.md)\n",
		"one.md": ">>> touch(path(guild_home(), 'shared'))\n>>> WORKSPACE == os.getenv('WORKSPACE'), os.getenv('COLUMNS')\n(True, '999')\n" +
			">>> GUILD_HOME == path(WORKSPACE, '.guild'), LANG_IS_SET\n" +
			"Traceback (most recent call last):\nNameError: name 'LANG_IS_SET' is not defined\n" +
			">>> os.getenv('LANG'), REQUIREMENTS_PATH == path(GUILD_PKG, 'requirements.txt'), basename(INDEX)\n('en_US.UTF-8', True, 'README.md')\n",
		"two.md":      ">>> exists(path(guild_home(), 'shared'))\nTrue\n",
		"slow-one.md": ">>> nope\n",
		"fixme.md":    "---\ndoctest: +FIXME\n---\n>>> nope\n",
		"bad.md":      ">>> exists('fixed')\nTrue\n",
		"never.md":    ">>> 1\n1\n",
	})
	cfg := testConfig(t)
	cfg.Env = append(cfg.Env, "WORKSPACE="+workspace, "UAT_SKIP=x*, slow-*")
	cfg.Guild = "/opt/product/guild"
	index := filepath.Join(dir, "README.md")

	got := runPass(t, cfg, index)
	want := "one.md: ok two.md: ok slow-one.md: skipped (as UAT_SKIP says) fixme.md: ok (skipped) " +
		"bad.md:1: failed example exists('fixed') Expected: True Got: False bad.md: failed (1 of 1 example)"
	if got != want {
		t.Errorf("first pass:\n%s\nwant:\n%s", got, want)
	}

	writeFiles(t, dir, map[string]string{"fixed": ""})
	got = runPass(t, cfg, index)
	want = "one.md: skipped (passed before) two.md: skipped (passed before) slow-one.md: skipped (as UAT_SKIP says) " +
		"fixme.md: ok (skipped) bad.md: ok never.md: ok"
	if got != want {
		t.Errorf("second pass:\n%s\nwant:\n%s", got, want)
	}
}

func TestNewPassErrors(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"README.md": ""})
	index := filepath.Join(dir, "README.md")
	tests := []struct {
		index, want string
		env         []string
	}{
		{index, "WORKSPACE is not set", nil},
		{index, "invalid pattern", []string{"WORKSPACE=" + dir, "UAT_SKIP=[a"}},
		{filepath.Join(dir, "nope.md"), "no such file", []string{"WORKSPACE=" + dir}},
	}
	for _, tt := range tests {
		cfg := testConfig(t)
		cfg.Env = append(cfg.Env, tt.env...)
		if _, err := NewPass(cfg, tt.index); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got error %v, want %q", err, tt.want)
		}
	}
}
