package runs

import (
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"guild/runs/opref"
)

// Index keeps what was read of the runs of one root for later processes of this host. It may lose any of it at any time, and
// is as good as empty where it cannot be read.
type Index interface {
	// Starts returns each name in the root that can be a run, in the order of ids. These are all that there were when the root
	// had the stamp that is returned, which is 0 where that is not certain.
	Starts() (known []Known, root int64)
	// Records calls f, from several goroutines, with parts of the records, each in the order of ids. An id and its record are not
	// to be changed, and are gone after the step of the iteration.
	Records(f func(part iter.Seq2[[]byte, []byte]))
	// Recall calls f with the record of each of some runs, which may be kept.
	Recall(ids []string, f func(id string, record []byte))
	// Update adds what was learnt.
	Update(l Learnt) error
	// Settle is how long after a change of the root another one may still have the same stamp: the tick of the file server's
	// clock, and what that can differ from the clock of this host. What is younger is not kept.
	Settle() time.Duration
}

// Known is a name in the root with what is known of when that run was started.
type Known struct {
	ID string
	Start
}

// Start is when a run was started.
type Start struct {
	Stamp  int64 // of .guild when this was read: nanoseconds by the clock of the file server; 0: read it again
	Micros int64 // since the epoch, 0 where the run does not tell
}

// Learnt is what a process has learnt of the runs of a root, and its index did not know.
type Learnt struct {
	Starts  map[string]Start  // by id, as the rest is
	Records map[string][]byte // of runs
	Gone    []string          // what is no longer in the root
	// Listed is the stamp of the root of which, with Starts, all names are known, if what the index returned for Starts was
	// Before; else 0.
	Listed, Before int64
}

// UseIndex makes listings of the root faster.
func (s *Store) UseIndex(index Index) { s.index = index }

// Fresh is the store as if it had just been opened, for each survey of a process that goes on for long: what the surveys before
// it have learnt is the index's to know, and would only fill the memory.
func (s *Store) Fresh() *Store { return &Store{home: s.home, runs: s.runs, index: s.index} }

// Progress is told how far long work is.
type Progress interface {
	Step() // one more run is dealt with
	End()
}

// ShowReading has begin called when many runs are about to be read that the index does not know, with their number.
func (s *Store) ShowReading(begin func(runs int) Progress) { s.reading = begin }

// SaveIndex gives to the index what this process has learnt, where that is worth the time. It is to be called once, when the
// user has got an answer.
func (s *Store) SaveIndex() error {
	if !s.learnt.worthSaving() {
		return nil
	}
	s.learnt.mu.Lock()
	defer s.learnt.mu.Unlock()
	return s.index.Update(s.learnt.Learnt)
}

// survey collects what is learnt.
type survey struct {
	settled atomic.Int64 // see look

	mu sync.Mutex
	Learnt

	oprefsMu sync.RWMutex
	oprefs   map[string]opref.Ref // by their files' content: many runs have few
}

// opref is what parseOpref makes of a file's content.
func (v *survey) opref(data []byte) opref.Ref {
	v.oprefsMu.RLock()
	ref, ok := v.oprefs[string(data)]
	v.oprefsMu.RUnlock()
	if ok {
		return ref
	}
	ref = parseOpref(data, nil)
	v.oprefsMu.Lock()
	defer v.oprefsMu.Unlock()
	if v.oprefs == nil {
		v.oprefs = map[string]opref.Ref{}
	}
	v.oprefs[string(data)] = ref
	return ref
}

// worthSaving is false where reading the same again takes less time than writing it.
func (v *survey) worthSaving() bool {
	const few = 32 // runs
	v.mu.Lock()
	defer v.mu.Unlock()
	worth := len(v.Records) + len(v.Gone)
	for _, start := range v.Starts {
		if start.Stamp != 0 {
			worth++
		}
	}
	return worth >= few
}

func (v *survey) start(id string, s Start) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.Starts == nil {
		v.Starts = map[string]Start{}
	}
	v.Starts[id] = s
}

func (v *survey) keep(id string, d record) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.Records == nil {
		v.Records = map[string][]byte{}
	}
	v.Records[id] = d
}
