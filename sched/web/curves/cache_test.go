package curves

import (
	"os"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/scalars"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, s *runs.Store, status runs.Status, n int) *runs.Run {
	t.Helper()
	d, err := s.Draft("")
	must(t, err)
	r, err := d.Commit(status)
	must(t, err)
	log(t, r, 0, n)
	return r
}

// log adds n values from a step on in a file of their own.
func log(t *testing.T, r *runs.Run, from, n int) {
	t.Helper()
	w := scalars.NewWriter(r)
	for i := from; i < from+n; i++ {
		w.Scalar("loss", 1/float64(i+1), int64(i), time.Unix(1000+int64(i), 0))
	}
	must(t, w.Close())
}

func TestCache(t *testing.T) {
	now := time.Now().Add(time.Hour)
	c := New(func() time.Time { return now })
	s := runs.Open(t.TempDir())
	r := run(t, s, runs.Completed, 3)
	first := c.Get(r.AsView())
	if p := first.Series["loss"]; len(p) != 3 || p[2] != (Point{2, 1002, 1.0 / 3}) || first.Start != 1000 || !first.Ended {
		t.Fatalf("%+v", first)
	}
	if c.Get(r.AsView()) != first {
		t.Error("a run that has ended is read again")
	}
	must(t, os.WriteFile(r.GuildPath("new"), nil, 0o666)) // its directory changes
	if c.Get(r.AsView()) == first {
		t.Error("a run that has changed is not read again")
	}
	moving := run(t, s, runs.Staged, 1)
	again := c.Get(moving.AsView())
	if c.Get(moving.AsView()) != again {
		t.Error("a run is read twice within a second")
	}
	now = now.Add(readAgain)
	if c.Get(moving.AsView()) == again {
		t.Error("a run that has not ended is not read again")
	}
	c.Clear()
	if c.points != 0 || len(c.runs) != 0 {
		t.Errorf("%d points, %d runs", c.points, len(c.runs))
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := New(time.Now)
	c.most = 10
	s := runs.Open(t.TempDir())
	a, b := run(t, s, runs.Completed, 6), run(t, s, runs.Completed, 6)
	c.Get(a.AsView())
	c.Get(b.AsView())
	if len(c.runs) != 1 || c.points != 6 || c.runs[b.ID] == nil {
		t.Errorf("%d runs, %d points", len(c.runs), c.points)
	}
	if got := c.Get(run(t, s, runs.Completed, 99).AsView()); len(got.Series["loss"]) != 99 {
		t.Error("a run that is too large is not read")
	}
}
