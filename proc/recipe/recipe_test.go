package recipe

import (
	"os"
	"path/filepath"
	"testing"

	"guild/runs"
)

// FuzzRecipe reads the attribute op of runs, which can come from anywhere, and writes it again.
func FuzzRecipe(f *testing.F) {
	f.Add("op-cmd: {cmd-args: [echo, '${x}'], cmd-env: {}}\nstop-after: 1\ndeps: [{file: a}]\noutput-scalars: ['a: (\\value)']\n")
	f.Add("op-cmd: {cmd-args: x}\nlabel-template: '${x|%}'\npython-path: [1]\nstop-after: .nan\n")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		r := runs.At(dir)
		if err := os.MkdirAll(r.GuildPath("attrs"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(r.GuildPath("attrs"), "op"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		rec, err := Read(r)
		if err != nil {
			return
		}
		rec.Data()
		_, _, _ = rec.Command.Build(map[string]any{"x": 1}, nil)
	})
}
