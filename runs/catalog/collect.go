package catalog

import (
	"errors"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"sort"
	"syscall"

	"guild/runs"
	"guild/runs/phase"
)

// Snapshots returns snapshots of the runs of the root for which pass returns true, latest started first. pass is called from several
// goroutines, and must not keep its argument.
func (c *Catalog) Snapshots(pass func(*Snapshot) bool) ([]*Snapshot, error) {
	return Collect(c, func(s *Snapshot) (*Snapshot, bool) {
		if !pass(s) {
			return nil, false
		}
		return s.clone(), true
	})
}

// Collect calls of with a snapshot of each run of the root, from several goroutines, and returns those results for which of returns true,
// latest started first. After of has returned, the snapshot forgets what was read.
func Collect[T any](c *Catalog, of func(*Snapshot) (T, bool)) ([]T, error) {
	l, err := c.open()
	if err != nil || l == nil {
		return nil, err
	}
	const unseen = noRun + 1
	starts := slices.Repeat([]int64{unseen}, len(l.known))
	values := make([]T, len(starts))
	take := func(i int, s *Snapshot, at int64) {
		v, ok := of(s)
		s.forget()
		if values[i], starts[i] = v, at; !ok {
			starts[i] = noRun
		}
	}
	if c.index != nil {
		c.index.Records(func(part iter.Seq2[[]byte, []byte]) { c.takeRecorded(l, part, take) })
	}
	var rest []int
	for i, at := range starts {
		if at == unseen {
			rest = append(rest, i)
		}
	}
	step, end := c.showReading(len(rest))
	defer end()
	runs.Each(len(rest), func(k int) {
		i := rest[k]
		if s, at := c.read(l, l.known[i]); at != noRun {
			take(i, s, at)
		} else {
			starts[i] = noRun
		}
		step()
	})
	order, _ := latestFirst(starts, len(starts))
	list := make([]T, len(order))
	for at, i := range order {
		list[at] = values[i]
	}
	return list, nil
}

// takeRecorded calls take with the runs that are unchanged since their records were made.
func (c *Catalog) takeRecorded(l *root, part iter.Seq2[[]byte, []byte], take func(i int, s *Snapshot, started int64)) {
	i := -1
	for id, data := range part {
		if i < 0 {
			i = sort.Search(len(l.known), func(i int) bool { return l.known[i].ID >= string(id) })
		}
		for i < len(l.known) && l.known[i].ID < string(id) {
			i++
		}
		if i == len(l.known) {
			return
		}
		d := record(data)
		if l.known[i].ID != string(id) || !d.valid() {
			continue
		}
		s := c.ahead(l.known[i].ID, c.dirOf(l.known[i].ID), l, d, true)
		if !s.source.holds() {
			continue
		}
		c.setStartOf(l, l.known[i], d)
		take(i, s, d.started())
	}
}

// read reads a run, and returns its start. A run that cannot be read has time 0, and each of its methods returns an error.
func (c *Catalog) read(l *root, k Known) (s *Snapshot, started int64) {
	r := c.run(k.ID)
	if c.index == nil {
		return unread(r), startOrNone(r.AsView())
	}
	d, lasting, err := c.readAhead(r)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR): // a foreign file or directory
		c.setStart(r.ID, Start{})
		return nil, noRun
	case err != nil:
		c.setStart(r.ID, Start{})
		return unread(r), 0
	}
	c.setStartOf(l, k, d)
	return c.ahead(r.ID, r.Dir, l, d, lasting), d.started()
}

// setStartOf sets the start of a run for the index from its record.
func (c *Catalog) setStartOf(l *root, k Known, d record) {
	if stamp, _ := d.stamps(); stamp != k.Stamp {
		c.setStart(k.ID, l.start(stamp, d.started()))
	}
}

// showReading shows the progress of reading runs that have no record.
func (c *Catalog) showReading(n int) (step, end func()) {
	if c.reading == nil || n == 0 {
		return func() {}, func() {}
	}
	p := c.reading(n)
	return p.Step, p.End
}

// readAhead reads the record of a run. lasting says that it should be saved in the index: the run does not change, as a running one does.
func (c *Catalog) readAhead(r *runs.Run) (d record, lasting bool, err error) {
	d, newest, err := readRecord(r)
	if err != nil {
		return nil, false, err
	}
	p, _ := phase.Parse(d.phase())
	lasting = newest < c.settled.Load() && p.Kind != phase.Running
	if lasting {
		c.setRecord(r.ID, d)
	}
	return d, lasting, nil
}

// Of returns snapshots of the given runs. If the index has a record of a run, its snapshot uses that. The other runs are read now if the
// index will be saved anyway, or else on demand.
func (c *Catalog) Of(list []*runs.Run) []*Snapshot {
	snapshots := make([]*Snapshot, len(list))
	at := map[string]int{}
	for i, r := range list {
		snapshots[i] = unread(r)
		if c.index != nil {
			at[r.ID] = i
		}
	}
	if len(at) == 0 {
		return snapshots
	}
	c.index.RecordsOf(slices.Collect(maps.Keys(at)), func(id string, data []byte) {
		d := record(data)
		if !d.valid() {
			return
		}
		if s := c.ahead(id, list[at[id]].Dir, nil, d, true); s.source.holds() {
			snapshots[at[id]] = s
			delete(at, id)
		}
	})
	if !c.worthSaving() {
		return snapshots
	}
	for _, i := range at {
		if d, lasting, err := c.readAhead(list[i]); err == nil {
			snapshots[i] = c.ahead(list[i].ID, list[i].Dir, nil, d, lasting)
		}
	}
	return snapshots
}
