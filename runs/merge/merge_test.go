package merge

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"guild/runs"
)

// newRun makes a run with the files, by path, and the manifest.
func newRun(t *testing.T, files map[string]string, manifest string) *runs.Run {
	t.Helper()
	r := runs.Named("abc", t.TempDir())
	files[".guild/manifest"] = manifest
	write(t, r.Dir, files)
	return r
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func names(files map[string]string) []string {
	var list []string
	for name := range files {
		list = append(list, name)
	}
	return list
}

func TestPlan(t *testing.T) {
	files := map[string]string{
		"src/main.py": "new", "src/same.py": "same", "data.csv": "1", "unpacked": "2", "model.bin": "3", "sub/log.txt": "4",
		"evil": "5", "copy.py": "late", "src/copy.py": "early", ".guild/attrs/flags": "",
	}
	r := newRun(t, files, strings.Join([]string{
		"s src/main.py h main.py", "s src/same.py h same.py", "d data.csv h file:in/data.csv", "d unpacked h file:a.zip unpacked",
		"s evil h ../evil", "s src/copy.py h copy.py", "",
	}, "\n"))
	project := t.TempDir()
	write(t, project, map[string]string{"same.py": "same", "main.py": "old"})
	for _, tt := range []struct {
		name       string
		o          Options
		copy, skip string
	}{
		{"default", Options{}, "copy.py in/data.csv main.py",
			"copy.py:non-project file evil:non-project file model.bin:non-project file same.py:unchanged " +
				"sub/log.txt:non-project file unpacked:non-project dependency"},
		{"all", Options{Generated: true, Exclude: []string{"*.bin", "sub/*"}}, "copy.py in/data.csv main.py",
			"evil:non-project file model.bin:excluded same.py:unchanged sub/log.txt:excluded unpacked:non-project dependency"},
		{"generated", Options{Generated: true, SkipSourcecode: true, SkipDeps: true}, "copy.py model.bin sub/log.txt",
			"copy.py:skipped source code evil:non-project file in/data.csv:skipped dependency main.py:skipped source code " +
				"same.py:skipped source code unpacked:non-project dependency"},
	} {
		p, err := New(r, names(files), project, tt.o)
		if err != nil {
			t.Fatal(err)
		}
		var copied, skipped []string
		for _, f := range p.Copy {
			copied = append(copied, f.Target)
		}
		for _, f := range p.Skip {
			skipped = append(skipped, f.Target+":"+f.Reason)
		}
		if got := strings.Join(copied, " "); got != tt.copy {
			t.Errorf("%s: copy %s", tt.name, got)
		}
		if got := strings.Join(skipped, " "); got != tt.skip {
			t.Errorf("%s: skip %s", tt.name, got)
		}
	}
	p, err := New(r, names(files), project, Options{Generated: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Replaced(); !reflect.DeepEqual(got, []string{"main.py"}) {
		t.Errorf("replaced: %v", got)
	}
	if err := p.Apply(func(File) {}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"main.py": "new", "in/data.csv": "1", "copy.py": "late", "sub/log.txt": "4"} {
		if data, err := os.ReadFile(filepath.Join(project, name)); err != nil || string(data) != want {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	left, err := filepath.Glob(filepath.Join(project, ".guild*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
	if p, err := New(r, names(files), project, Options{}); err != nil || len(p.Copy) > 1 { // both copy.py come from the run
		t.Errorf("the second time: %+v, %v", p, err)
	}
}
