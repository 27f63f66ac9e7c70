package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"guild/runs/mount"
	"guild/runs/sharedfs"
)

// look is a look at the root with what the index knows of it. Its directory is closed when nothing refers to it any more.
type look struct {
	root    *os.File
	fd      int     // of root
	local   bool    // the root is on a file system of this host
	known   []Known // what can be runs, in the order of their ids
	settled int64   // what was changed before will not change with the same stamp
}

// look returns nil where there is no root.
func (s *Store) look() (*look, error) {
	root, err := os.Open(s.runs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	l := &look{root: root, fd: int(root.Fd())}
	if s.index == nil {
		var names []string
		if names, err = readRunNames(l.root); err == nil {
			l.known = knownOf(names, nil)
		}
	} else {
		l.local = mount.IsLocal(s.runs)
		l.settled = time.Now().Add(-s.index.Settle()).UnixNano()
		s.learnt.settled.Store(l.settled)
		err = s.names(l)
	}
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	return l, nil
}

// knownOf sorts the names, and takes from starts what is known of them.
func knownOf(names []string, starts map[string]Start) []Known {
	slices.Sort(names)
	known := make([]Known, len(names))
	for i, id := range names {
		known[i] = Known{id, starts[id]}
		delete(starts, id)
	}
	return known
}

// stamp is when a directory or file was changed last, by its path relative to a run, see stampAt.
func (l *look) stamp(id, path string) (int64, error) {
	if l.local {
		return sharedfs.StampAtLocal(l.fd, id, path)
	}
	return sharedfs.StampAt(l.fd, id+"/"+path)
}

// start is what is to be kept of a start that was read when .guild had the stamp.
func (l *look) start(stamp, micros int64) Start {
	if stamp >= l.settled {
		stamp = 0
	}
	return Start{Stamp: stamp, Micros: micros}
}

// names lists the root, or takes from the index what it was when it was listed last, if it has not changed.
func (s *Store) names(l *look) error {
	stamp, err := sharedfs.StampAt(l.fd, ".")
	if err != nil {
		return err
	}
	known, listed := s.index.Starts()
	if listed == stamp {
		l.known = known
		return nil
	}
	names, err := readRunNames(l.root)
	if err != nil {
		return err
	}
	starts := make(map[string]Start, len(known))
	for _, k := range known {
		starts[k.ID] = k.Start
	}
	l.known = knownOf(names, starts)
	s.learnt.mu.Lock()
	defer s.learnt.mu.Unlock()
	s.learnt.Gone, s.learnt.Before = slices.Collect(maps.Keys(starts)), listed
	if s.learnt.Listed = stamp; stamp >= l.settled {
		s.learnt.Listed = 0
	}
	return nil
}
