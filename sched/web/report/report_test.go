package report

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/opref"
	"guild/runs/scalars"
	"guild/sched/web"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const hostile = "</script><script>alert(1)</script>\u2028<!--"

// hostileRun returns a run whose texts and files want to become a part of the page.
func hostileRun(t *testing.T, s *runs.Store) *runs.Run {
	t.Helper()
	d, err := s.Draft("")
	must(t, err)
	must(t, d.SetOpref(opref.Ref{PkgType: opref.Guildfile, PkgName: "/p", Op: hostile}))
	must(t, d.SetAttrs(map[string]any{"flags": map[string]any{hostile: hostile}, "label": hostile, "env": map[string]any{"API_KEY": "secret"},
		"op": map[string]any{"env": map[string]any{"API_KEY": "secret"}}}))
	r, err := d.Commit(runs.Completed)
	must(t, err)
	for name, text := range map[string]string{"a.html": hostile, "a.html.txt": "mine", "b.svg": "<svg/>", "noend": "<html>", "c.csv": "a,b\n1," + hostile, "model.bin": "\x00\x01",
		"sub/d.py": "x = 1\n", "<b>.txt": "x", "left.txt": "left out"} {
		must(t, os.MkdirAll(filepath.Dir(r.Path(name)), 0o777))
		must(t, os.WriteFile(r.Path(name), []byte(text), 0o666))
	}
	must(t, os.Symlink(".guild/attrs/env", r.Path("env.txt")))
	must(t, os.Symlink("/etc/passwd", r.Path("passwd.txt")))
	must(t, os.WriteFile(r.GuildPath("output"), []byte(hostile+"\n"+strings.Repeat("line\n", 40_000)), 0o666))
	w := scalars.NewWriter(r)
	w.Scalar(hostile, 1, 1, time.Unix(1000, 0))
	must(t, w.Close())
	return r
}

// data reads data/NAME.js as the page does.
func data[T any](t *testing.T, dir, name string) T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "data", filepath.FromSlash(name)+".js"))
	must(t, err)
	if strings.Contains(string(text), "secret") {
		t.Errorf("%s has the environment of the run", name)
	}
	if strings.ContainsAny(string(text), "<>\u2028") {
		t.Errorf("%s has what could end a script", name)
	}
	head := `guildReport.put("` + name + `", `
	inner, ok := strings.CutPrefix(strings.TrimSuffix(string(text), ");\n"), head)
	if !ok {
		t.Fatalf("%s begins with %.80s", name, text)
	}
	var v T
	must(t, json.Unmarshal([]byte(inner), &v))
	return v
}

func TestReport(t *testing.T) {
	s := runs.Open(t.TempDir())
	r := hostileRun(t, s)
	d, err := s.Draft("")
	must(t, err)
	other, err := d.Commit(runs.Completed)
	must(t, err)
	dir := t.TempDir()
	cfg := Config{Catalog: catalog.New(s, nil), Runs: []Run{{r, func(path string) bool { return path != "left.txt" }}}}
	must(t, Write(t.Context(), cfg, dir))

	var names []string
	must(t, filepath.WalkDir(filepath.Join(dir, "api"), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(filepath.Join(dir, "api", "runs", r.ID, "files"), path)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	}))
	slices.Sort(names)
	want := []string{"<b>.txt", "a.html.txt", "a.html.txt.txt", "b.svg.txt", "c.csv", "model.bin", "noend.txt", "sub/d.py"}
	if !slices.Equal(names, want) {
		t.Errorf("files %q, want %q", names, want)
	}
	got := data[struct {
		Run    web.Detail              `json:"run"`
		Dirs   map[string]web.Files    `json:"dirs"`
		Files  map[string]copied       `json:"files"`
		Shown  map[string]any          `json:"shown"`
		Output []struct{ Text string } `json:"output"`
	}](t, dir, "run/"+r.ID)
	if got.Run.Label != hostile || got.Run.Dir != "" || got.Run.Project != "" {
		t.Errorf("%+v", got.Run)
	}
	if f := got.Files["a.html"]; f.As != "a.html.txt.txt" || f.Type != "text/plain" {
		t.Errorf("a.html is %+v", f)
	}
	if f := got.Files["c.csv"]; f.As != "" || f.Size != int64(len(hostile)+6) {
		t.Errorf("c.csv is %+v", f)
	}
	if got.Shown["sub/d.py"] == nil || got.Shown["model.bin"] != nil {
		t.Errorf("shown: %v", got.Shown)
	}
	for _, f := range got.Dirs[""].Files {
		if closed := f.Name == "left.txt" || f.Name == "env.txt" || f.Name == "passwd.txt"; closed != f.Closed {
			t.Errorf("%s is closed: %v", f.Name, f.Closed)
		}
	}
	output := ""
	for _, piece := range got.Output {
		output += piece.Text
	}
	if !strings.HasPrefix(output, hostile[:20]) || strings.Count(output, "line\n") != 40_000 {
		t.Errorf("output of %d bytes begins with %.40q", len(output), output)
	}
	curves := data[scalarData](t, dir, "scalars/"+r.ID)
	if len(curves.Series[hostile]) != 2 || curves.Series[hostile]["time"].Runs[0].First != 1000 {
		t.Errorf("%+v", curves.Series)
	}
	lists := data[index](t, dir, "index")
	if all := string(lists.Runs) + string(lists.Compare) + string(lists.Status); strings.Contains(all, other.ID) || !strings.Contains(all, r.ID) || strings.Contains(all, s.Root()) {
		t.Errorf("lists of other runs, or of where they are: %s", all)
	}
	if !slices.Equal(lists.Experiments, []string{r.ID}) {
		t.Errorf("experiments: %v", lists.Experiments)
	}
}

// All that the page loads is in the report, by relative addresses.
func TestPageLoadsWhatIsThere(t *testing.T) {
	s := runs.Open(t.TempDir())
	dir := t.TempDir()
	must(t, Write(t.Context(), Config{Catalog: catalog.New(s, nil)}, dir))
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	must(t, err)
	found := loaded().FindAllStringSubmatch(string(page), -1)
	if len(found) < 7 {
		t.Errorf("the page loads %d files", len(found))
	}
	for _, m := range found {
		if _, err := os.Stat(filepath.Join(dir, "static", filepath.FromSlash(m[1]))); err != nil {
			t.Error(err)
		}
	}
	for _, no := range []string{`href="api/`, `href="status`, `href="/`, `src="/`, "http://", "https://"} {
		if strings.Contains(string(page), no) {
			t.Errorf("the page has %s", no)
		}
	}
}

func TestReportIsBounded(t *testing.T) {
	if err := Write(t.Context(), Config{Runs: make([]Run, MostRuns+1)}, t.TempDir()); err == nil || !strings.Contains(err.Error(), "filters") {
		t.Errorf("%v", err)
	}
}

func TestIsInert(t *testing.T) {
	for _, tt := range []struct {
		name string
		text bool
		want bool
	}{
		{"a.html", true, false}, {"a.HTM", false, false}, {"a.svg", true, false}, {"a.xhtml", false, false}, {"a", true, false}, {"a", false, false}, {"a.odd", true, false},
		{"a.txt", true, true}, {"a.py", true, true}, {"a.png", false, true}, {"a.pdf", false, true}, {"a.pt", false, true}, {"a.xml", true, false},
	} {
		if got := isInert(tt.name, tt.text); got != tt.want {
			t.Errorf("%s, text %v: %v", tt.name, tt.text, got)
		}
	}
}

// A read that is refused says so, and is told from one that failed.
func TestRefused(t *testing.T) {
	local := web.NewLocal(t.Context(), web.Config{Catalog: catalog.New(runs.Open(t.TempDir()), nil)})
	defer local.Close()
	if _, err := local.Get(t.Context(), "/api/runs/nothing"); !errors.Is(err, web.ErrRefused) || !strings.Contains(err.Error(), "no run here") {
		t.Errorf("%v", err)
	}
}
