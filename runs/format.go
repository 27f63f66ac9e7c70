package runs

import (
	"errors"
	"fmt"
	"path/filepath"

	"guild/runs/rootformat"
)

// ErrNewer says that a later version of this program has made something that this one does not know and must not touch: the root, see
// package rootformat, or the phase of a run.
var ErrNewer = errors.New("made by a later version of guild")

// raiseFormat records that something in the root needs the format of this program.
func (s *Store) raiseFormat() error {
	f, err := rootformat.Read(s.runs)
	if err != nil || f.Number >= rootformat.Own.Number {
		return err
	}
	if err := replaceFile(rootformat.Path(s.runs), rootformat.Own.Encode()); err != nil {
		return fmt.Errorf("record the format of the runs root: %w", err)
	}
	return nil
}

// CheckFormat returns nil if this program knows the format of the root. Otherwise the error wraps ErrNewer and names the required version.
func (s *Store) CheckFormat() error {
	f, err := rootformat.Read(s.runs)
	if err != nil || f.Known() {
		return err
	}
	return fmt.Errorf("runs root %s has format %d and this guild knows formats up to %d; on this host, install %s: %w",
		s.runs, f.Number, rootformat.Own.Number, f.Needed(), ErrNewer)
}

// newer says what to do about a run in a phase that only a later version of this program knows.
func (r *View) newer(word string) error {
	f, _ := rootformat.Read(filepath.Dir(r.Dir)) // if it cannot be read, the message only lacks the version
	return fmt.Errorf("run %s: phase %q: %w; on this host, install %s", r.ShortID(), word, ErrNewer, f.Needed())
}
