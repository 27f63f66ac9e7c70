package render

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestLexerFiles: the lexers are those of the module, unchanged.
func TestLexerFiles(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/alecthomas/chroma/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(lexerFiles, "lexers/*.xml")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d lexers, %v", len(names), err)
	}
	for _, name := range names {
		ours, err := lexerFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "lexers", "embedded", filepath.Base(name)))
		if err != nil || !bytes.Equal(ours, theirs) {
			t.Errorf("%s is not that of the module: %v", name, err)
		}
	}
}

// TestLanguages finds languages by their names, as in Markdown, and by names of files.
func TestLanguages(t *testing.T) {
	for _, name := range []string{"python", "py", "yaml", "sh", "json", "train.py", "guild.yml", "run.sh", "a.R", "Makefile", "Dockerfile", "index.html", "config.toml"} {
		if list := Code(name, []byte("# x\nif a = 1: \"b\"\n")); len(list) < 2 && name != "index.html" {
			t.Errorf("%s is not known", name)
		}
	}
	if list := Code("nothing", []byte("x")); len(list) != 1 {
		t.Errorf("an unknown language: %v", list)
	}
}
