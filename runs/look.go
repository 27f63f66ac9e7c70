package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"
)

// look is a look at the root with what the index knows of it. Its directory is closed when nothing refers to it any more.
type look struct {
	root    *os.File
	fd      int      // of root
	ids     []string // what can be runs, in no order
	starts  []Start  // of each, zero where it is not known
	settled int64    // what was changed before will not change with the same stamp
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
	l := &look{root: root, fd: int(root.Fd()), settled: time.Now().Add(-s.index.Settle()).UnixNano()}
	s.learnt.settled.Store(l.settled)
	if err := s.names(l); err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	return l, nil
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
	stamp, err := stampAt(l.fd, ".")
	if err != nil {
		return err
	}
	listed := s.index.Starts(func(id string, start Start) {
		l.ids = append(l.ids, id)
		l.starts = append(l.starts, start)
	})
	if listed == stamp {
		return nil
	}
	known := make(map[string]Start, len(l.ids))
	for i, id := range l.ids {
		known[id] = l.starts[i]
	}
	if l.ids, err = readRunNames(l.root); err != nil {
		return err
	}
	l.starts = make([]Start, len(l.ids))
	for i, id := range l.ids {
		l.starts[i] = known[id]
		delete(known, id)
	}
	s.learnt.mu.Lock()
	defer s.learnt.mu.Unlock()
	s.learnt.Gone, s.learnt.Before = slices.Collect(maps.Keys(known)), listed
	if s.learnt.Listed = stamp; stamp >= l.settled {
		s.learnt.Listed = 0
	}
	return nil
}
