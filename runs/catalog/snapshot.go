package catalog

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"guild/runs"
	"guild/runs/opref"
	"guild/runs/sharedfs"
)

// Snapshot is a run as a listing has read it. Its answers say what was true then, except that the status of a running run is read again
// from the disk. What was not read is read on demand.
type Snapshot struct {
	runs.View
	source source
}

// Runs returns the runs themselves of some snapshots, to be looked at anew or changed.
func Runs(list []*Snapshot) []*runs.Run {
	all := make([]*runs.Run, len(list))
	for i, s := range list {
		all[i] = s.Run()
	}
	return all
}

// ahead makes a snapshot from a record; data may be in memory of the index.
func (c *Catalog) ahead(id, dir string, at *root, data record, lasting bool) *Snapshot {
	s := &Snapshot{source: source{catalog: c, root: at, id: id, dir: dir, lasting: lasting, data: data}}
	s.View = runs.NewView(id, dir, &s.source)
	return s
}

// unread makes a snapshot without a record.
func unread(r *runs.Run) *Snapshot { return &Snapshot{View: runs.NewView(r.ID, r.Dir, nil)} }

// clone returns a copy that needs no memory of the index.
func (s *Snapshot) clone() *Snapshot {
	if s.Source() == nil {
		return s
	}
	return s.source.catalog.ahead(s.ID, s.Dir, s.source.root, slices.Clone(s.source.record()), s.source.lasting)
}

// forget removes the record from the snapshot.
func (s *Snapshot) forget() { s.View = runs.NewView(s.ID, s.Dir, nil) }

// source is a runs.Source of a record.
type source struct {
	catalog *Catalog
	root    *root // nil: paths are looked up from the top
	id, dir string
	lasting bool // the record is in the index, or will be

	mu   sync.Mutex // for data, which KeepDerived replaces
	data record
}

func (s *source) record() record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data
}

// Phase implements runs.Source.
func (s *source) Phase() string { return s.record().phase() }

// File implements runs.Source.
func (s *source) File(prefix, name string) (content []byte, present, known bool) {
	e, present := s.record().find(prefix, name)
	switch {
	case !present:
		return nil, false, prefix == attrsPrefix || slices.Contains(recorded[:], name)
	case e.kind == kindLarge:
		return nil, true, false
	case e.kind == kindWatched:
		now, err := s.Stamp(".guild/" + prefix + name)
		return e.content, true, err == nil && now == e.stamp
	}
	return e.content, true, true
}

// Has implements runs.Source.
func (s *source) Has(name string) (present, known bool) {
	if !slices.Contains(recorded[:], name) {
		return false, false
	}
	_, present = s.record().find("", name)
	return present, true
}

// AttrNames implements runs.Source.
func (s *source) AttrNames() []string {
	var names []string
	for e := range s.record().all() {
		if attr, ok := strings.CutPrefix(string(e.name), attrsPrefix); ok && e.kind != kindDerived {
			names = append(names, attr)
		}
	}
	return names
}

// Opref implements runs.Source.
func (s *source) Opref(data []byte) opref.Ref { return s.catalog.opref(data) }

// holds reports whether the two directories of the run are as they were when the record was made, by their stamps.
func (s *source) holds() bool {
	guild, attrs := s.data.stamps()
	if now, err := s.Stamp(".guild"); err != nil || now != guild {
		return false
	}
	now, err := s.Stamp(".guild/attrs")
	return (err == nil || errors.Is(err, fs.ErrNotExist)) && now == attrs
}

// Derived implements runs.Source.
func (s *source) Derived(name string) (data []byte, ok bool) {
	e, ok := s.record().find("", name)
	return e.content, ok && e.kind == kindDerived
}

// CanKeep implements runs.Source.
func (s *source) CanKeep() bool { return s.lasting }

// KeepDerived implements runs.Source.
func (s *source) KeepDerived(name string, newest int64, data []byte) {
	if !s.lasting || newest >= s.catalog.settled.Load() {
		return
	}
	s.mu.Lock()
	var w recordWriter
	w.guild, w.attrs = s.data.stamps()
	for e := range s.data.all() {
		if e.kind != kindDerived || string(e.name) != name {
			w.add(e.kind, string(e.name), e.stamp, e.content)
		}
	}
	w.add(kindDerived, name, 0, data)
	s.data = w.record(s.data.started())
	kept := s.data
	s.mu.Unlock()
	s.catalog.setRecord(s.id, kept)
}

// Stamp implements runs.Source.
func (s *source) Stamp(path string) (int64, error) {
	if s.root != nil {
		return s.root.stamp(s.id, path)
	}
	return sharedfs.Stamp(s.dir + "/" + path)
}
