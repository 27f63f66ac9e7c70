package catalog

import (
	"iter"
	"testing"
	"time"

	"guild/runs"
)

// noIndex is an empty Index: everything that is listed is read ahead.
type noIndex struct{}

func (noIndex) Starts() ([]Known, int64)                      { return nil, 0 }
func (noIndex) Records(func(iter.Seq2[[]byte, []byte]))       {}
func (noIndex) RecordsOf([]string, func(id string, d []byte)) {}
func (noIndex) Update(Changes) error                          { return nil }
func (noIndex) Settle() time.Duration                         { return 0 }

// TestSnapshot changes a run after it was listed: its snapshot has the old values, and the run the new ones.
func TestSnapshot(t *testing.T) {
	s := runs.Open(t.TempDir())
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	d, err := s.Draft("a")
	check(err)
	check(d.SetAttrs(map[string]any{"flags": map[string]any{"x": 1}, "exit_status": 0}))
	_, err = d.Commit(runs.Completed)
	check(err)

	list, err := New(s, noIndex{}).Snapshots(func(s *Snapshot) bool { return s.Flags()["x"] == 1 })
	if err != nil || len(list) != 1 {
		t.Fatalf("%d snapshots, %v", len(list), err)
	}
	snapshot, run := list[0], list[0].Run()
	l, err := run.TryLock()
	check(err)
	check(l.Begin(runs.Self()))
	check(run.SetAttr("flags", map[string]any{"x": 2}))
	check(run.SetLabel("new"))
	check(l.Finish(1))
	check(l.Close())
	if snapshot.Status() != runs.Completed || snapshot.Flags()["x"] != 1 || snapshot.Label() != "" {
		t.Errorf("the snapshot is %s with flags %v and label %q", snapshot.Status(), snapshot.Flags(), snapshot.Label())
	}
	if run.Status() != runs.Error || run.Flags()["x"] != 2 || run.Label() != "new" || run.Source() != nil {
		t.Errorf("the run is %s with flags %v and label %q", run.Status(), run.Flags(), run.Label())
	}

	// The snapshots that Collect passed to its function, and those without records, answer from the disk.
	var kept *Snapshot
	if _, err := Collect(New(s, noIndex{}), func(s *Snapshot) (int, bool) { kept = s; return 0, true }); err != nil || kept.Source() != nil {
		t.Errorf("after Collect, the snapshot answers from %v, %v", kept.Source(), err)
	}
	if got := New(s, nil).Of([]*runs.Run{run})[0]; got.Status() != runs.Error || got.Source() != nil {
		t.Errorf("without an index, %s", got.Status())
	}
}
