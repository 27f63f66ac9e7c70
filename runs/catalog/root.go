package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"guild/runs"
	"guild/runs/mount"
	"guild/runs/plainfile"
	"guild/runs/sharedfs"
)

// root is the opened root with what the index knows about it. Its directory is closed when nothing refers to it any more.
type root struct {
	dir     *os.File
	fd      int     // of dir
	local   bool    // the root is on a file system of this host
	known   []Known // names that may be runs, in the order of ids
	settled int64   // changes before this time will not be followed by others with the same stamp
}

// open opens the root; nil if there is none.
func (c *Catalog) open() (*root, error) {
	dir, err := plainfile.OpenDir(c.root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	l := &root{dir: dir, fd: int(dir.Fd())}
	if c.index == nil {
		var names []string
		if names, err = namesIn(l.dir); err == nil {
			l.known = knownOf(names, nil)
		}
	} else {
		l.local = mount.IsLocal(c.root)
		l.settled = time.Now().Add(-c.index.Settle()).UnixNano()
		c.settled.Store(l.settled)
		err = c.names(l)
	}
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	return l, nil
}

// namesIn lists the names in a directory that may be runs.
func namesIn(dir *os.File) ([]string, error) {
	names, err := dir.Readdirnames(-1)
	return slices.DeleteFunc(names, func(n string) bool { return !runs.IsName(n) }), err
}

// knownOf sorts the names, and adds what is known from starts.
func knownOf(names []string, starts map[string]Start) []Known {
	slices.Sort(names)
	known := make([]Known, len(names))
	for i, id := range names {
		known[i] = Known{id, starts[id]}
		delete(starts, id)
	}
	return known
}

// stamp returns when a directory or file was changed last, by its path relative to a run, see sharedfs.StampAt.
func (l *root) stamp(id, path string) (int64, error) {
	if l.local {
		return sharedfs.StampAtLocal(l.fd, id, path)
	}
	return sharedfs.StampAt(l.fd, id+"/"+path)
}

// start returns the start for the index; stamp is the stamp of .guild before the start was read.
func (l *root) start(stamp, micros int64) Start {
	if stamp >= l.settled {
		stamp = 0
	}
	return Start{Stamp: stamp, Micros: micros}
}

// names lists the root, or uses the list in the index if the root has not changed since.
func (c *Catalog) names(l *root) error {
	stamp, err := sharedfs.StampAt(l.fd, ".")
	if err != nil {
		return err
	}
	known, listed := c.index.Starts()
	if listed == stamp {
		l.known = known
		return nil
	}
	names, err := namesIn(l.dir)
	if err != nil {
		return err
	}
	starts := make(map[string]Start, len(known))
	for _, k := range known {
		starts[k.ID] = k.Start
	}
	l.known = knownOf(names, starts)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes.Gone, c.changes.Before = slices.Collect(maps.Keys(starts)), listed
	if c.changes.Listed = stamp; stamp >= l.settled {
		c.changes.Listed = 0
	}
	return nil
}
