package catalog

import (
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"guild/runs"
	"guild/runs/opref"
)

// Index keeps what was read of the runs of one root for later processes of this host. It may lose any of it at any time, and
// is as good as empty if it cannot be read.
type Index interface {
	// Starts returns all names in the root that may be runs, in the order of ids. The list was complete when the root had the returned
	// stamp, which is 0 if that is uncertain.
	Starts() (known []Known, root int64)
	// Records calls f, from several goroutines, with parts of the records, each in the order of ids. An id and its record must not be
	// modified, and are valid only until the next step of the iteration.
	Records(f func(part iter.Seq2[[]byte, []byte]))
	// RecordsOf calls f with the records of the given runs. f may keep them.
	RecordsOf(ids []string, f func(id string, record []byte))
	// Update writes changes.
	Update(c Changes) error
	// Settle is the time after a change of the root in which another change may leave the stamp as it is: the resolution of the file
	// server's clock, plus its possible difference from the clock of this host. Younger changes are not kept.
	Settle() time.Duration
}

// Known is a name in the root, with the start of that run if known.
type Known struct {
	ID string
	Start
}

// Start is the start of a run.
type Start struct {
	Stamp  int64 // of .guild when this was read: nanoseconds by the clock of the file server; 0: it must be read again
	Micros int64 // since the epoch; 0 if unknown
}

// Changes are what a process has read about the runs of a root that its index did not have.
type Changes struct {
	Starts  map[string]Start  // by id, like the other fields
	Records map[string][]byte // of runs
	Gone    []string          // ids that are no longer in the root
	// Listed is the stamp of the root at which, with Starts, all names are known, if the index returned Before for Starts; otherwise 0.
	Listed, Before int64
}

// Progress receives the progress of long work.
type Progress interface {
	Step() // another run is done
	End()
}

// Catalog lists the runs of one root. It remembers what it reads, to be saved in its index. It is safe for concurrent use once it is set
// up.
type Catalog struct {
	*runs.Store

	root    string                  // of the store
	index   Index                   // nil: listings read all runs
	reading func(runs int) Progress // nil: not reported
	settled atomic.Int64            // see root

	mu      sync.Mutex
	changes Changes

	oprefsMu sync.RWMutex
	oprefs   map[string]opref.Ref // by the content of the files, since many runs have the same few
}

// New returns the catalog of a store. The index may be nil: the answers are the same, but take longer.
func New(s *runs.Store, index Index) *Catalog {
	return &Catalog{Store: s, root: s.Root(), index: index}
}

// Fresh returns a catalog that has read nothing yet. A long-running process uses a fresh one for each listing: what earlier listings have
// read is in the index, and would only fill the memory.
func (c *Catalog) Fresh() *Catalog { return New(c.Store, c.index) }

// ShowReading sets a function that is called, with their number, before many runs are read that the index does not have.
func (c *Catalog) ShowReading(begin func(runs int) Progress) { c.reading = begin }

// Save saves what this process has read in the index, if that is worth the time. Call it once, after the output for the user.
func (c *Catalog) Save() error {
	if !c.worthSaving() {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.index.Update(c.changes)
}

// opref returns the result of runs.ParseOpref for the content of a file.
func (c *Catalog) opref(data []byte) opref.Ref {
	c.oprefsMu.RLock()
	ref, ok := c.oprefs[string(data)]
	c.oprefsMu.RUnlock()
	if ok {
		return ref
	}
	ref = runs.ParseOpref(data, nil)
	c.oprefsMu.Lock()
	defer c.oprefsMu.Unlock()
	if c.oprefs == nil {
		c.oprefs = map[string]opref.Ref{}
	}
	c.oprefs[string(data)] = ref
	return ref
}

// worthSaving reports whether reading the same again would take longer than saving it.
func (c *Catalog) worthSaving() bool {
	const few = 32 // runs
	c.mu.Lock()
	defer c.mu.Unlock()
	worth := len(c.changes.Records) + len(c.changes.Gone)
	for _, start := range c.changes.Starts {
		if start.Stamp != 0 {
			worth++
		}
	}
	return worth >= few
}

func (c *Catalog) setStart(id string, s Start) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes.Starts == nil {
		c.changes.Starts = map[string]Start{}
	}
	c.changes.Starts[id] = s
}

func (c *Catalog) setRecord(id string, d record) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes.Records == nil {
		c.changes.Records = map[string][]byte{}
	}
	c.changes.Records[id] = d
}
