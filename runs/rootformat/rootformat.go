// Package rootformat says which version of this program a runs root requires.
//
// Hosts that share a root are not upgraded at the same moment, so a program may find what a later version has written. The file .format in
// the root says which version is required:
//
//	format: 2
//	guild: 0.1.0
//
// The file is written when something in the root first requires it; a root without it has format 1. A program that knows only an earlier
// format does not start, repair or sweep runs there.
//
//	1  before the file existed
//	2  queued runs and engine claims; phases of ended runs that say which output was lost
package rootformat

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"guild/runs/pyyaml"
	"guild/runs/sharedfs"
)

// Format is the content of the file.
type Format struct {
	Number int    // the first is 1
	Since  string // version of guild that introduced the format; empty if unknown
}

// Own is the format of this program.
var Own = Format{Number: 2, Since: "0.1.0"}

// Path returns the file of a root.
func Path(root string) string { return filepath.Join(root, ".format") }

// Read reads the format of a root.
func Read(root string) (Format, error) {
	data, err := sharedfs.ReadFile(Path(root))
	if errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist) {
		return Format{Number: 1}, nil
	}
	if err != nil {
		return Format{}, fmt.Errorf("read the format of the runs root: %w", err)
	}
	v, err := pyyaml.Decode(data)
	m, _ := v.(map[string]any)
	number, ok := m["format"].(int)
	if err != nil || !ok {
		return Format{Number: 1}, nil // an empty file, which a full disk may leave, has no meaning
	}
	since, _ := m["guild"].(string)
	return Format{number, since}, nil
}

// Known reports whether this program knows the format.
func (f Format) Known() bool { return f.Number <= Own.Number }

// Needed returns the version of guild to install if this program does not know the format.
func (f Format) Needed() string {
	if f.Known() || f.Since == "" {
		return "the version of guild that the other hosts have"
	}
	return "guild " + f.Since + " or later"
}

// Encode returns the content of the file.
func (f Format) Encode() []byte {
	return fmt.Appendf(nil, "format: %d\nguild: %s\n", f.Number, f.Since)
}
