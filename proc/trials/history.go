package trials

import (
	"fmt"
	"slices"
	"time"

	"guild/runs"
	"guild/runs/compare"
	"guild/runs/manifest"
	"guild/runs/pyyaml"
	"guild/runs/values"
)

// history is the runs whose results a search uses. Each run is read once, when it has completed.
type history struct {
	store   *runs.Store
	column  compare.Column
	sign    float64
	ids     func() ([]string, error) // returns the runs that may be used
	counts  func(*runs.Run) bool     // reports whether a completed run is used
	known   map[string]bool          // ids of completed runs that have been read
	results []outcome                // sorted by start time
}

// outcome is the result of a completed run.
type outcome struct {
	started time.Time
	flags   map[string]any
	y       float64 // objective, to be minimised
	has     bool    // the run has an objective
}

// Values of the flag prev-trials, which says whose results are used: only those of this batch, or of runs with the same source code. Any
// other value uses all runs of the operation.
const (
	prevBatch      = "batch"
	prevSourcecode = "sourcecode"
)

func newHistory(t *queue, prev any) (h history, err error) {
	h = history{store: t.batch.Store, known: map[string]bool{}}
	if h.column, h.sign, err = t.plan.Column(); err != nil {
		return h, err
	}
	h.ids, h.counts = h.store.IDs, func(r *runs.Run) bool { return r.Opref().OpSpec() == t.opspec }
	switch prev {
	case prevBatch:
		h.ids, h.counts = t.ids, func(*runs.Run) bool { return true }
	case prevSourcecode:
		digest, _ := t.proto.AttrString("sourcecode_digest")
		if digest == "" && hasSource(t.proto) {
			t.batch.log("ERROR", "Cannot find runs for batch proto in %s: missing sourcecode digest", t.proto.Dir)
			return h, EarlyEnd{1}
		}
		sameOp := h.counts
		h.counts = func(r *runs.Run) bool {
			d, _ := r.AttrString("sourcecode_digest")
			return d == digest && sameOp(r)
		}
	}
	return h, nil
}

// ids returns the ids of the trials of the batch.
func (t *queue) ids() ([]string, error) {
	all, err := t.linked()
	ids := make([]string, len(all))
	for i, r := range all {
		ids[i] = r.ID
	}
	return ids, err
}

func hasSource(r *runs.Run) bool {
	entries, err := manifest.Of(r)
	return err != nil || slices.ContainsFunc(entries, func(e manifest.Entry) bool { return e.Kind == manifest.Source })
}

// read returns the results of the completed runs that are used, sorted by start time.
func (h *history) read() ([]outcome, error) {
	ids, err := h.ids()
	if err != nil {
		return nil, fmt.Errorf("find previous trials: %w", err)
	}
	for _, id := range ids {
		if h.known[id] {
			continue
		}
		r, err := h.store.Get(id)
		if err != nil {
			continue // it has been deleted
		}
		if r.Status() != runs.Completed { // it may complete later
			continue
		}
		h.known[id] = true
		if h.counts(r) {
			h.add(r)
		}
	}
	slices.SortStableFunc(h.results, func(a, b outcome) int { return a.started.Compare(b.started) })
	return h.results, nil
}

func (h *history) add(r *runs.Run) {
	o := outcome{started: r.Started(), flags: r.Flags()}
	y, ok := pyyaml.Number(h.column.Of(values.Of(r)))
	o.y, o.has = h.sign*y, ok
	h.results = append(h.results, o)
}
