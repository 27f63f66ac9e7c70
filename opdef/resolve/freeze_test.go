package resolve

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef"
	"guild/opdef/resource"
)

// TestFreeze: what is resolved at staging, what is kept for the start, and what is left to the start.
func TestFreeze(t *testing.T) {
	trials := []opdef.Values{{"n": "1", "k": "x"}, {"n": "2", "k": "x"}}
	for _, tt := range []struct {
		name   string
		source map[string]any
		trials []opdef.Values
		files  string // below the run directory afterwards, without .guild
		kept   string // names of kept originals: those for the start of the run and, after a bar, those for trials
		said   string // part of the messages
	}{
		{"a file", map[string]any{"file": "a1.txt"}, nil, "a1.txt", "|", ""},
		{"a directory", map[string]any{"file": "dir"}, nil, "dir/b.txt", "|", ""},
		{"selected files", map[string]any{"file": "dir", "select": "b.*"}, nil, "b.txt", "|", ""},
		{"a link", map[string]any{"file": "a1.txt", "target-type": "link"}, nil, "a1.txt", "|", "not frozen"},
		{"a config file", map[string]any{"config": "c.json"}, nil, "", "c.json|", "because it's being staged"},
		{"a run", map[string]any{"operation": "op"}, nil, "", "|", "because it's being staged"},
		{"what trials share", map[string]any{"file": "a1.txt"}, trials, "a1.txt", "|", ""},
		{"a flag that trials share", map[string]any{"file": "a1.txt", "rename": "a1 ${k}"}, trials, "x.txt", "|", ""},
		{"what trials differ in", map[string]any{"file": "a${n}.txt"}, trials, "", "|a1.txt a2.txt", ""},
		{"a config file that they differ in", map[string]any{"config": "c${n}.json"}, trials, "", "|c1.json c2.json", ""},
		{"a link in a prototype", map[string]any{"file": "a1.txt", "target-type": "link"}, trials, "", "|", "each trial gets a link"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, "a1.txt", "one", "a2.txt", "two", "dir/b.txt", "b", "c.json", "{}", "c1.json", "{}", "c2.json", "{}")
			res, err := resource.Parse(tt.source, "r")
			if err != nil {
				t.Fatal(err)
			}
			st := &Staging{Keep: filepath.Join(w.RunDir, ".guild", "originals"), KeepTrials: filepath.Join(t.TempDir(), "originals"),
				Trials: tt.trials}
			done := map[string]any{}
			if _, err := w.Freeze(context.Background(), []resource.Resource{res}, done, st); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(filesBelow(t, w.RunDir), " "); got != tt.files {
				t.Errorf("files %q, want %q", got, tt.files)
			}
			if got := baseNames(t, st.Keep) + "|" + baseNames(t, st.KeepTrials); got != tt.kept {
				t.Errorf("kept %q, want %q", got, tt.kept)
			}
			if (tt.files != "") != (len(done) > 0) {
				t.Errorf("recorded: %v", done)
			}
			if all := strings.Join(w.said, "\n"); !strings.Contains(all, tt.said) {
				t.Errorf("said %q", all)
			}
		})
	}
}

// TestOriginals: a run is started whose project was removed after staging.
func TestOriginals(t *testing.T) {
	w := newWorld(t, "c.json", `{"x": 1}`, "dir/b.txt", "b")
	config, err := resource.Parse(map[string]any{"config": "c.json"}, "")
	if err != nil {
		t.Fatal(err)
	}
	perTrial, err := resource.Parse(map[string]any{"file": "${d}", "select": "b.*"}, "")
	if err != nil {
		t.Fatal(err)
	}
	resources := []resource.Resource{config, perTrial}
	st := &Staging{Keep: filepath.Join(w.RunDir, ".guild", "originals"), KeepTrials: filepath.Join(t.TempDir(), "originals"),
		Trials: []opdef.Values{{"d": "dir"}, {"d": "./dir"}}}
	done := map[string]any{}
	if _, err := w.Freeze(context.Background(), resources, done, st); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(w.Project); err != nil {
		t.Fatal(err)
	}
	w.Values, w.Originals = opdef.Values{"d": "dir"}, []string{st.Keep, st.KeepTrials}
	entries, err := w.Resolve(context.Background(), resources, done)
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{{Path: "c.json", Source: []string{"config:c.json"}}, {Path: "b.txt", Source: []string{"file:dir/b.txt"}}}
	for i := range entries {
		entries[i].SHA1 = ""
	}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Error(diff)
	}
	paths := done["file:${d}"].(map[string]any)["file:${d}"].(map[string]any)["paths"]
	if diff := cmp.Diff([]any{"../project/dir/b.txt"}, paths); diff != "" {
		t.Error(diff)
	}
}

func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	all, err := allPaths(dir)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(rel string) bool {
		st, err := os.Stat(filepath.Join(dir, rel))
		return err != nil || st.IsDir() || strings.HasPrefix(rel, ".guild")
	})
}

// baseNames returns the names of the files below a directory, which need not exist, in order.
func baseNames(t *testing.T, dir string) string {
	t.Helper()
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	names := filesBelow(t, dir)
	for i, name := range names {
		names[i] = filepath.Base(name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}
