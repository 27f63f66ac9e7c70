package top

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/scalars"
	"guild/runs/series"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// running makes a run that stays running until the test ends.
func running(t *testing.T, s *runs.Store) *runs.Lock {
	t.Helper()
	d, err := s.Draft("")
	must(t, err)
	must(t, d.SetAttrs(map[string]any{"started": runs.Micros(time.Now())}))
	l, err := d.CommitOwned(runs.Pending)
	must(t, err)
	must(t, l.Begin(runs.Self()))
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func newReader(t *testing.T) (*runs.Store, *Reader) {
	t.Helper()
	s := runs.Open(t.TempDir())
	r := NewReader(catalog.New(s, nil))
	t.Cleanup(r.Close)
	return s, r
}

// TestDetails: the output and the scalars of a run are read, and read again after a change.
func TestDetails(t *testing.T) {
	s, r := newReader(t)
	run := running(t, s).Run()
	if l := r.Look(); len(l.Running) != 1 || l.Running[0].ID != run.ID || l.Error != "" {
		t.Fatalf("%+v", l.Snapshot)
	}
	if d := r.Details(run.ID, []string{run.ID}); d.OutputOf != run.ID || len(d.Output) != 0 || d.Figures[run.ID].Key != "" {
		t.Errorf("at first: %+v", d)
	}
	must(t, os.WriteFile(run.GuildPath("output"), []byte("one\ntwo\n"), 0o666))
	w := scalars.NewWriter(run)
	w.Scalar("acc", 1, 1, time.Now())
	w.Scalar("loss", 3, 1, time.Now())
	w.Scalar("loss", 2, 2, time.Now())
	must(t, w.Close())
	r.figures.sweepAgain = time.Now().Add(time.Hour)
	r.figures.runs[run.ID].took = 0
	r.changes.note(run.GuildPath("events"))
	d := r.Details(run.ID, []string{run.ID})
	want := Details{OutputOf: run.ID, Output: []string{"one", "two"}, Figures: map[string]Figures{run.ID: {Key: "loss", Last: 2, Line: []float64{3, 2}}}}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}
	must(t, os.WriteFile(run.GuildPath("output"), []byte("one\ntwo\nthree"), 0o666))
	if d := r.Details(run.ID, nil); strings.Join(d.Output, " ") != "one two three" || len(r.figures.runs) != 0 {
		t.Errorf("%+v", d)
	}
	if d := r.Details("0123", nil); len(d.Output) != 0 {
		t.Errorf("of a run that is not there: %+v", d)
	}
}

// TestWoken: a change of a watched run wakes the reader.
func TestWoken(t *testing.T) {
	s, r := newReader(t)
	if r.Woken() == nil {
		t.Skip("this system has no watcher to give")
	}
	run := running(t, s).Run()
	r.Watch([]string{run.ID, "gone"})
	must(t, os.WriteFile(run.GuildPath("new"), nil, 0o666))
	<-r.Woken()
	if !r.changes.take()[run.ID] {
		t.Error("nothing has changed")
	}
	r.Watch(nil)
	r.Close()
	for range r.Woken() { // until it is closed
	}
}

func TestLinesOf(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"a\nb", []string{"a", "b"}},
		{"a\r\nb\n", []string{"a", "b"}},
		{" 10%\r 50%\r100%\ndone\r\n", []string{"100%", "done"}},
		{"a\tb\n\tc", []string{"a       b", "        c"}},
		{"\n", []string{""}},
	} {
		if d := cmp.Diff(tt.want, linesOf(tt.text)); d != "" {
			t.Errorf("%q: %s", tt.text, d)
		}
	}
}

func TestChoose(t *testing.T) {
	for keys, want := range map[string]string{"": "", "acc": "acc", "a loss": "loss", "train_loss val/loss": "val/loss", "acc Train_Loss": "Train_Loss",
		"sub#loss x": "sub#loss", "b a": "b"} {
		var all []series.Series
		for key := range strings.FieldsSeq(keys) {
			all = append(all, series.Series{Key: key})
		}
		got := ""
		if i := choose(all); i >= 0 {
			got = all[i].Key
		}
		if got != want {
			t.Errorf("%q: %q, want %q", keys, got, want)
		}
	}
}
