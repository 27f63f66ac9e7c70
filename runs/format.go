package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"guild/runs/pyyaml"
	"guild/runs/sharedfs"
)

// Hosts that share a root are not upgraded at the same moment, so that a program can meet what a later version has written. The file
// .format in the root says which version that takes:
//
//	format: 2
//	guild: 0.1.0
//
// It is written once something in the root needs it, and a root without it has format 1. A program that knows only an earlier format
// starts, repairs and sweeps nothing there. A run whose phase it does not know it leaves alone, whatever the file says: see ErrNewer.
//
//	1  as made before there was a file
//	2  queued runs and engine claims; phases of ended runs that tell what of the output was lost
const (
	format      = 2
	formatSince = "0.1.0" // version of this program that came with the format
)

const formatFile = ".format"

// ErrNewer says that a later version of this program has made something that this one does not know and must not touch.
var ErrNewer = errors.New("made by a later version of guild")

// rootFormat is what .format says.
type rootFormat struct {
	number int
	since  string // version of guild that came with it; empty where unknown
}

func (s *Store) readFormat() (rootFormat, error) {
	data, err := sharedfs.ReadFile(filepath.Join(s.runs, formatFile))
	if errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist) {
		return rootFormat{number: 1}, nil
	}
	if err != nil {
		return rootFormat{}, fmt.Errorf("read the format of the runs root: %w", err)
	}
	v, err := pyyaml.Decode(data)
	m, _ := v.(map[string]any)
	number, ok := m["format"].(int)
	if err != nil || !ok {
		return rootFormat{number: 1}, nil // an empty file, as a full disk leaves, says nothing
	}
	since, _ := m["guild"].(string)
	return rootFormat{number, since}, nil
}

// raiseFormat records that something in the root needs the format of this program.
func (s *Store) raiseFormat() error {
	f, err := s.readFormat()
	if err != nil || f.number >= format {
		return err
	}
	data := fmt.Appendf(nil, "format: %d\nguild: %s\n", format, formatSince)
	if err := replaceFile(filepath.Join(s.runs, formatFile), data); err != nil {
		return fmt.Errorf("record the format of the runs root: %w", err)
	}
	return nil
}

// CheckFormat is nil where this program knows the format of the root. Else the error is ErrNewer and names the version that is
// needed.
func (s *Store) CheckFormat() error {
	f, err := s.readFormat()
	if err != nil || f.number <= format {
		return err
	}
	return fmt.Errorf("runs root %s has format %d and this guild knows formats up to %d; on this host, install %s: %w",
		s.runs, f.number, format, f.needed(), ErrNewer)
}

func (f rootFormat) needed() string {
	if f.number <= format || f.since == "" {
		return "the version of guild that the other hosts have"
	}
	return "guild " + f.since + " or later"
}

// newer says what to do about a run in a phase that only a later version of this program knows.
func (r *View) newer(word string) error {
	f, _ := (&Store{runs: filepath.Dir(r.Dir)}).readFormat() // what it cannot say is no other error
	return fmt.Errorf("run %s: phase %q: %w; on this host, install %s", r.ShortID(), word, ErrNewer, f.needed())
}
