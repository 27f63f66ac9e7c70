package web

import (
	"time"

	"guild/runs"
	"guild/runs/catalog"
)

// Viewer looks at a store as the dashboard does, for a program that shows it elsewhere than on pages. One goroutine at a time uses it.
type Viewer struct{ picture *picture }

// Look is what a look at the store has found.
type Look struct {
	*Snapshot
	Expected map[string]time.Time     // when runs of the queue are likely to start, by id; nothing of those of which nothing is known
	Usual    map[string]time.Duration // what completed runs of an operation took lately: the median, by operation
}

// NewViewer returns a viewer of all runs of a store.
func NewViewer(c *catalog.Catalog) *Viewer { return &Viewer{newPicture(c, nil, time.Now)} }

// Look looks at the store. What cannot be read is told by Snapshot.Error, beside what was known before.
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

// Tail returns the end of what a run has printed, at most some bytes, without control sequences. It is empty if there is none.
func Tail(run *runs.Run, most int64) (string, error) {
	out, err := (&tail{run: run, next: latest, most: most}).read()
	return out.Text, err
}
