package scalars

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"

	"guild/runs"
)

// contents are the scalars and attributes in the event files of a run.
type contents struct {
	summaries []*Summary
	attrs     map[string]string
}

// dependencies records the paths and stamps of the directories and files that were read. What was derived from them can be cached in the
// index, and is valid as long as all stamps are the same.
type dependencies struct {
	run    *runs.View
	paths  []string // relative to the run
	stamps []int64
	newest int64 // of the stamps, and of files that were read but are not in paths
	failed bool  // nothing may be cached
}

func newDependencies(r *runs.View) *dependencies {
	s := r.Source()
	return &dependencies{run: r, failed: s == nil || !s.CanKeep(), newest: math.MinInt64}
}

// cacheName is the name of contents among the values derived from a run.
const cacheName = "scalars"

// maxPaths limits the paths in a cache entry. Checking the stamps of more paths takes about as long as reading the files.
const maxPaths = 64

// note must be called before path is read. Changes of .guild and .guild/attrs invalidate the whole cache entry, so these are left out.
func (w *dependencies) note(path string) {
	if path == ".guild" || path == ".guild/attrs" || w.failed {
		return
	}
	stamp, err := w.run.Source().Stamp(path)
	w.failed = err != nil || len(w.paths) == maxPaths
	w.paths, w.stamps, w.newest = append(w.paths, path), append(w.stamps, stamp), max(w.newest, stamp)
}

// noteIfRoom is note for a file that does not change once its run has ended, such as each of the many files of MLflow: if there are too
// many paths already, the file is assumed not to change.
func (w *dependencies) noteIfRoom(path string) {
	if w.failed || len(w.paths) < maxPaths {
		w.note(path)
		return
	}
	stamp, err := w.run.Source().Stamp(path)
	w.failed, w.newest = err != nil, max(w.newest, stamp)
}

func (w *dependencies) cache(c contents) {
	if w.failed {
		return
	}
	var e encoder
	e.int(len(w.paths))
	for i, path := range w.paths {
		e.text(path)
		e.bits(uint64(w.stamps[i])) //nolint:gosec // read likewise
	}
	e.int(len(c.summaries))
	for _, s := range c.summaries {
		e.text(s.Prefix)
		e.text(s.Tag)
		for _, p := range []Point{s.First, s.Last, s.Min, s.Max} {
			e.bits(math.Float64bits(p.Value))
			e.bits(uint64(p.Step)) //nolint:gosec // read likewise
		}
		e.bits(math.Float64bits(s.Total))
		e.bits(math.Float64bits(s.Avg))
		e.int(s.Count)
	}
	e.int(len(c.attrs))
	for _, key := range slices.Sorted(maps.Keys(c.attrs)) {
		e.text(key)
		e.text(c.attrs[key])
	}
	w.run.Source().KeepDerived(cacheName, w.newest, e)
}

// cached returns the cached contents of a run if they are still valid.
func cached(r *runs.View) (c contents, ok bool) {
	s := r.Source()
	if s == nil {
		return c, false
	}
	data, ok := s.Derived(cacheName)
	if !ok {
		return c, false
	}
	d := decoder{rest: data}
	for range d.int() {
		path, stamp := d.text(), int64(d.bits()) //nolint:gosec // written likewise
		if now, err := s.Stamp(path); err != nil || now != stamp || d.damaged {
			return c, false
		}
	}
	for range d.int() {
		sum := &Summary{Prefix: d.text(), Tag: d.text()}
		for _, p := range []*Point{&sum.First, &sum.Last, &sum.Min, &sum.Max} {
			*p = Point{Value: math.Float64frombits(d.bits()), Step: int64(d.bits())} //nolint:gosec // written likewise
		}
		sum.Total, sum.Avg = math.Float64frombits(d.bits()), math.Float64frombits(d.bits())
		sum.Count = d.int()
		c.summaries = append(c.summaries, sum)
	}
	c.attrs = map[string]string{}
	for range d.int() {
		key := d.text()
		c.attrs[key] = d.text()
	}
	return c, !d.damaged
}

type encoder []byte

func (e *encoder) int(n int)     { *e = binary.AppendUvarint(*e, uint64(n)) } //nolint:gosec // counts
func (e *encoder) bits(n uint64) { *e = binary.LittleEndian.AppendUint64(*e, n) }
func (e *encoder) text(s string) {
	e.int(len(s))
	*e = append(*e, s...)
}

// decoder reads what encoder wrote. Once the data is damaged it returns zeros.
type decoder struct {
	rest    []byte
	damaged bool
}

func (d *decoder) int() int {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 || n > uint64(len(d.rest)) && n > math.MaxInt32 {
		d.damaged, d.rest = true, nil
		return 0
	}
	d.rest = d.rest[size:]
	return int(n) //nolint:gosec // bounded above
}

func (d *decoder) take(n int) []byte {
	if n > len(d.rest) {
		d.damaged, d.rest = true, nil
		return nil
	}
	head := d.rest[:n]
	d.rest = d.rest[n:]
	return head
}

func (d *decoder) text() string { return string(d.take(d.int())) }

func (d *decoder) bits() uint64 {
	b := d.take(8)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}
