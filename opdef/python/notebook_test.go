package python_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef/python"
)

// notebook writes a notebook with cells of these sources, the last of them as one text.
func notebook(t *testing.T, path string, sources ...string) {
	t.Helper()
	cells := []map[string]any{{"cell_type": "markdown", "source": "x = 0"}}
	for i, s := range sources {
		source := any(strings.SplitAfter(s, "\n"))
		if i == len(sources)-1 {
			source = s
		}
		cells = append(cells, map[string]any{"cell_type": "code", "source": source, "outputs": []any{}})
	}
	data, err := json.Marshal(map[string]any{"cells": cells, "nbformat": 4})
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(data))
}

// cells returns the sources of the code cells of a notebook.
func cells(t *testing.T, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var nb struct {
		Cells []struct {
			Kind   string `json:"cell_type"`
			Source any    `json:"source"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(data, &nb); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range nb.Cells {
		if c.Kind != "code" {
			continue
		}
		text, _ := c.Source.(string)
		lines, _ := c.Source.([]any)
		for _, l := range lines {
			text += l.(string)
		}
		out = append(out, text)
	}
	return out
}

func TestReadNotebook(t *testing.T) {
	r := python.Reader{Exe: interpreter(t), CacheDir: t.TempDir()}
	dir := t.TempDir()
	path := filepath.Join(dir, "n.ipynb")
	notebook(t, path, "%matplotlib inline\nrate: float = 1\nfiles = !ls\nn = m = 3\n?n\n_own = 1", "%%bash\nrate=2", "%%time\non = True\ncalc = 1 + n",
		"not python (", "fit(depth=4, name='a')\nl = [1, 'b c']\nrate = 9")
	got, err := r.Flags(t.Context(), python.Script{Path: path, Name: "n.ipynb", Dir: dir, Dest: python.Globals,
		Patterns: map[string][]string{"depth": {`depth=(\d+)`}, "name": {"nothing", `name=('.*')`}, "gone": {"gone"}, "bad": {"fit"}}})
	want := python.Detection{Dest: "globals", Flags: []python.Flag{
		{Name: "depth", Type: "number", Default: 4},
		{Name: "name", Type: "string", Default: "a"},
		{Name: "rate", Type: "float", Default: 1},
		{Name: "m", Type: "number", Default: 3},
		{Name: "on", Type: "boolean", Default: true},
		{Name: "l", Default: "1 'b c'", ArgSplit: true},
	}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(err, d)
	}
	write(t, path, "{")
	_, err = r.Flags(t.Context(), python.Script{Path: path, Name: "n.ipynb", Dir: dir, Dest: python.Globals, Patterns: map[string][]string{}})
	wantError(t, err, "the flags of n.ipynb cannot be read: ", "JSONDecodeError")
}

func TestNotebookValues(t *testing.T) {
	const values = `{"x": 5, "y": "it's", "z": -1.5, "my-flag": [1, "a", null], "t": true, "nan": NaN}`
	tests := []struct{ in, want string }{
		{"x = 1", "x = 5"},
		{"x=(1)  # one", "x=(5)  # one"},
		{"x = -(\n  1\n) # é\nprint(x)\n", "x = 5 # é\nprint(x)\n"},
		{"é = 1; x = 'ö'; y = 2", `é = 1; x = 5; y = "it's"`},
		{"x: int = 1\nx = 2", "x: int = 5\nx = 5"},
		{"w = y = '''a\nb''' # c", `w = y = "it's" # c`},
		{"y = w = 1", "y = w = 1"},
		{"x = f(1)\nx += 1\nif x:\n    x = 2", "x = f(1)\nx += 1\nif x:\n    x = 2"},
		{"%cd ~\n!ls\nt = 0\nout = !ls\nx?", "%cd ~\n!ls\nt = True\nout = !ls\nx?"},
		{"%%bash\nx=1", "%%bash\nx=1"},
		{"my_flag = []\nnan = 1", "my_flag = [1, 'a', None]\nnan = float(\"nan\")"},
		{"x = 'unclosed", "x = 'unclosed"},
		{"g(z=1, b=1) # z=1", "g(z=-1.5, b=-1.5) # z=1"},
		{"seed 1234 seed 1234", "seed -1.5 seed 1234"},
	}
	dir := t.TempDir()
	var in, want []string
	for _, tt := range tests {
		in, want = append(in, tt.in), append(want, tt.want)
	}
	notebook(t, filepath.Join(dir, "sub", "n.ipynb"), in...)
	main, err := python.Notebook(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(interpreter(t), main, values, `{"z": ["z=(\\d), b=(\\d)", "1234"], "none": ["x"]}`, "sub/n.ipynb", "--no-exec")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if d := cmp.Diff(want, cells(t, filepath.Join(dir, "n.ipynb"))); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(in, cells(t, filepath.Join(dir, "sub", "n.ipynb"))); d != "" {
		t.Errorf("the notebook that is copied: %s", d)
	}
}
