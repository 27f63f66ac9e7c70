package web

import (
	"encoding/binary"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"guild/runs"
)

func TestDetailHasScalarsAndFamily(t *testing.T) {
	store, ids := demo(t)
	s := offline(t, store)
	d := decode[Detail](t, get(t, s, http.MethodGet, "/api/runs/"+ids["last"]))
	var names []string
	for _, v := range d.Scalars {
		names = append(names, v.Name)
	}
	if !slices.Equal(names, []string{"loss", "train/acc", "val/acc", "val/loss"}) {
		t.Errorf("scalars %q: sorted, without those of the system", names)
	}
	loss := d.Scalars[0]
	if loss.Last.Step != 299 || loss.Count != 300 || len(loss.Spark) > sparkPoints || *loss.Min.Value > *loss.Last.Value || *loss.Max.Value < *loss.Last.Value {
		t.Errorf("loss: %+v", loss)
	}
	if d.Parent == nil || d.Parent.ID != ids["pipeline"] || d.Parent.As != "evaluate" {
		t.Errorf("parent: %+v", d.Parent)
	}
	p := decode[Detail](t, get(t, s, http.MethodGet, "/api/runs/"+ids["pipeline"]))
	if len(p.Children) != 2 || p.Children[0].ID != ids["last"] || p.Children[0].As != "evaluate" || p.Children[0].Op != "mlp:train" || p.Parent != nil {
		t.Errorf("children: %+v", p.Children)
	}
	h := decode[Detail](t, get(t, s, http.MethodGet, "/api/runs/"+ids["hostile"]))
	if len(h.Scalars) != 2 || h.Scalars[1].Last.Value != nil {
		t.Errorf("values that are no numbers: %+v", h.Scalars)
	}
}

// A trial names its batch.
func TestTrialsHaveTheirBatch(t *testing.T) {
	store := newStore(t)
	batch, err := draft(t, store, "op", nil).Commit(runs.Completed)
	must(t, err)
	trial, err := draft(t, store, "op", map[string]any{"batch": batch.ID}).Commit(runs.Completed)
	must(t, err)
	must(t, os.Symlink("../"+trial.ID, batch.Path(trial.ID)))
	must(t, os.Symlink("/etc", batch.Path("elsewhere")))
	must(t, os.Symlink("../"+batch.ID, batch.Path("itself")))
	s := offline(t, store)
	if d := decode[Detail](t, get(t, s, http.MethodGet, "/api/runs/"+trial.ID)); d.Parent == nil || d.Parent.ID != batch.ID {
		t.Errorf("parent: %+v", d.Parent)
	}
	if d := decode[Detail](t, get(t, s, http.MethodGet, "/api/runs/"+batch.ID)); len(d.Children) != 1 || d.Children[0].ID != trial.ID || d.Children[0].As != "" {
		t.Errorf("children: %+v", d.Children)
	}
}

// shownHead is a Shown without its nodes.
type shownHead struct {
	Kind      string
	Size, Cut int64
}

func TestShownFiles(t *testing.T) {
	store, ids := demo(t)
	s := offline(t, store)
	base := "/api/runs/" + ids["other"] + "/shown/"
	for name, kind := range map[string]string{"README.md": "markdown", "metrics.csv": "table", "train.py": "code", "config.json": "code"} {
		w := get(t, s, http.MethodGet, base+name)
		if got := decode[shownHead](t, w); w.Code != 200 || got.Kind != kind || got.Cut != 0 {
			t.Errorf("%s: %d, %s, cut %d", name, w.Code, got.Kind, got.Cut)
		}
	}
	table := decode[Shown](t, get(t, s, http.MethodGet, base+"metrics.csv")).Table
	if len(table.Rows) != 3 || table.Rows[0][3] != "first, slow" {
		t.Errorf("table: %+v", table)
	}
	for target, want := range map[string]int{"nothing.txt": 404, "plots/curve.png": 415, ".guild/output": 403, "plots": 403} {
		if w := get(t, s, http.MethodGet, base+target); w.Code != want && w.Code != 404 {
			t.Errorf("%s: %d, want %d", target, w.Code, want)
		}
	}
	run, err := store.Get(ids["other"])
	must(t, err)
	must(t, os.WriteFile(run.Path("long.log"), []byte(strings.Repeat("é line\n", 100_000)), 0o666))
	if got := decode[shownHead](t, get(t, s, http.MethodGet, base+"long.log")); got.Cut == 0 || got.Cut > maxShown || got.Size != 800_000 {
		t.Errorf("a long file: %d of %d", got.Cut, got.Size)
	}
}

// Scripts of a report run only in a frame of the page.
func TestReportPolicy(t *testing.T) {
	store, ids := demo(t)
	s := offline(t, store)
	target := "/api/runs/" + ids["other"] + "/files/report.html"
	for _, tt := range []struct {
		query, dest string
		scripts     bool
	}{{"?report", "iframe", true}, {"?report", "document", false}, {"?report", "", false}, {"", "iframe", false}} {
		policy := get(t, s, http.MethodGet, target+tt.query, "Sec-Fetch-Dest", tt.dest).Header().Get("Content-Security-Policy")
		if got := strings.Contains(policy, "allow-scripts"); got != tt.scripts || !strings.Contains(policy, "sandbox") || !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "connect-src") {
			t.Errorf("%s to %s: %s", tt.query, tt.dest, policy)
		}
	}
}

func TestSource(t *testing.T) {
	store, ids := demo(t)
	s := offline(t, store)
	got := decode[Source](t, get(t, s, http.MethodGet, "/api/runs/"+ids["last"]+"/source"))
	if len(got.Choices) == 0 || got.Choices[0].Value != ids["other"] || len(got.Files) != 1 || got.Files[0].State != "changed" {
		t.Fatalf("%+v", got)
	}
	run, err := store.Get(ids["last"])
	must(t, err)
	must(t, os.WriteFile(run.GuildPath("manifest"), []byte("s train.py 0 train.py\ns new.py 0 new.py\n"), 0o666))
	must(t, os.WriteFile(run.Path("new.py"), []byte("x = 1\n"), 0o666))
	got = decode[Source](t, get(t, s, http.MethodGet, "/api/runs/"+ids["last"]+"/source?with="+ids["other"]))
	if len(got.Files) != 2 || got.Files[0].Path != "new.py" || got.Files[0].State != "added" {
		t.Errorf("%+v", got.Files)
	}
	if got := decode[Source](t, get(t, s, http.MethodGet, "/api/runs/"+ids["last"]+"/source?with=nobody")); got.Error == "" {
		t.Errorf("with nobody: %+v", got)
	}
	d := decode[RunDiff](t, get(t, s, http.MethodGet, "/api/diff?a="+ids["other"]+"&b="+ids["last"]))
	var scalars []string
	for _, p := range d.Scalars {
		scalars = append(scalars, p.Name)
	}
	// epoch and train_loss are in metrics.csv.
	if want := []string{"epoch", "loss", "train/acc", "train_loss", "val/acc", "val/loss"}; !slices.Equal(scalars, want) {
		t.Errorf("scalars %q, want %q", scalars, want)
	}
	if len(d.Source.Files) != 2 || d.Scalars[0].A == nil {
		t.Errorf("diff: %+v", d)
	}
	for _, f := range d.Flags {
		if f.Name == "lr" && (*f.A != "0.03" || *f.B != "0.01") {
			t.Errorf("lr: %s and %s", *f.A, *f.B)
		}
	}
	if w := get(t, s, http.MethodGet, "/api/diff?a="+ids["last"]); w.Code != 404 {
		t.Errorf("one run: %d", w.Code)
	}
}

func TestSearchOutput(t *testing.T) {
	s := offline(t, func() *runs.Store {
		store := newStore(t)
		d, err := store.Draft("a")
		must(t, err)
		r, err := d.Commit(runs.Completed)
		must(t, err)
		write(t, r, "one Two\n\x1b[31mtw\x1b[0mo two\n"+strings.Repeat("x", 3*maxChunk)+"\nlast TWO")
		return store
	}())
	got := decode[Found](t, get(t, s, http.MethodGet, "/api/runs/a/output/search?words="+url.QueryEscape("two")))
	if got.Total != 4 || !slices.Equal(got.At[:2], []int64{0, 8}) || !slices.Equal(got.Lines, []int{0, 1, 3}) || got.More {
		t.Errorf("%+v", got)
	}
	for _, query := range []string{"", "?words=", "?words=" + strings.Repeat("x", maxWords+1), "?words=%ff"} {
		if w := get(t, s, http.MethodGet, "/api/runs/a/output/search"+query); w.Code != 400 {
			t.Errorf("%s: %d", query, w.Code)
		}
	}
}

// Lines have the times of printing, wherever a piece begins.
func TestOutputTimes(t *testing.T) {
	l := running(t, newStore(t), "op", nil)
	r := l.Run()
	write(t, r, "one\ntwo\n\x1b[32mthree\nfour")
	var index []byte
	for i := range 3 {
		index = append(binary.BigEndian.AppendUint64(index, uint64(5000+i*250)), 0)
	}
	must(t, os.WriteFile(r.GuildPath("output.index"), index, 0o666))
	if out := read(t, tailOf(r, 0)); !slices.Equal(out.Times, []int64{5000, 250, 250}) || len(out.Spans) != 2 || out.Spans[1].Class != "f2" {
		t.Errorf("from the start: %v, %v", out.Times, out.Spans)
	}
	if out := read(t, tailOf(r, 4)); !slices.Equal(out.Times, []int64{5250, 250}) {
		t.Errorf("from the second line: %v", out.Times)
	}
	tl := tailOf(r, 0)
	read(t, tl)
	write(t, r, "!\n")
	must(t, os.WriteFile(r.GuildPath("output.index"), append(binary.BigEndian.AppendUint64(index, 9000), 0), 0o666))
	if out := read(t, tl); !slices.Equal(out.Times, []int64{9000}) || len(out.Spans) != 1 {
		t.Errorf("what came then: %v, %v", out.Times, out.Spans)
	}
}
