package web

import (
	"time"

	"guild/runs"
	"guild/runs/catalog"
)

// Viewer looks at a store as the dashboard does, for programs other than browsers. Only one goroutine may use it at a time.
type Viewer struct{ picture *picture }

// Look is the result of a look at the store.
type Look struct {
	*Snapshot
	Expected map[string]time.Time     // when runs of the queue are likely to start, by id; only runs for which this can be estimated
	Usual    map[string]time.Duration // median duration of recently completed runs, by operation
}

// NewViewer returns a Viewer of all runs of a store.
func NewViewer(c *catalog.Catalog) *Viewer { return &Viewer{newPicture(c, nil, time.Now)} }

// Look looks at the store. If something cannot be read, Snapshot.Error says so, and the rest is as known before.
func (v *Viewer) Look() *Look {
	err := v.picture.refresh()
	s := v.picture.snapshot("")
	if err != nil {
		s.Error = err.Error()
	}
	l := &Look{Snapshot: s, Expected: map[string]time.Time{}, Usual: durations(s.Finished).byOp}
	for _, q := range v.picture.lanes(s).Queue {
		if !q.Expected.IsZero() {
			l.Expected[q.ID] = q.Expected
		}
	}
	return l
}

// Tail returns the end of a run's output, at most the given bytes, without control sequences. It is empty if there is no output.
func Tail(run *runs.Run, most int64) (string, error) {
	out, err := (&tail{run: run, next: latest, most: most}).read()
	return out.Text, err
}
