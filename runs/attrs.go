package runs

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"time"

	"guild/runs/pyyaml"
	"guild/runs/sharedfs"
)

// Attr reads one attribute. An absent one is an fs.ErrNotExist; one that is not YAML is an error that names its file.
func (r *View) Attr(name string) (any, error) {
	data, err := r.attrData(name)
	if err == fs.ErrNotExist { //nolint:errorlint // as a snapshot has it, of which there are many
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("read attribute: %w", sharedfs.GoneIfStale(err))
	}
	v, err := pyyaml.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("read attribute %s: %w", r.attrPath(name), err)
	}
	return v, nil
}

// ReadAttr is Attr, except that an absent attribute is nil without an error.
func (r *Run) ReadAttr(name string) (any, error) { return r.readAttr(name) }

func (r *View) readAttr(name string) (any, error) {
	v, err := r.Attr(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return v, err
}

func (r *View) attrPath(name string) string { return r.GuildPath("attrs", name) }

// AttrString reads an attribute that is a string, taking numbers and the like as they are written.
func (r *View) AttrString(name string) (string, bool) {
	v, err := r.Attr(name)
	if err != nil || v == nil {
		return "", false
	}
	if s, ok := v.(string); ok {
		return s, true
	}
	data, err := r.attrData(name)
	return trimmed(data), err == nil
}

// AttrInt reads an attribute that is a whole number.
func (r *View) AttrInt(name string) (int, bool) {
	return parseInt(r.attrData(name))
}

func parseInt(data []byte, err error) (int, bool) {
	if err != nil {
		return 0, false
	}
	n, err := strconv.Atoi(trimmed(data))
	if err != nil {
		return 0, false
	}
	return n, true
}

// AttrTime reads a time attribute: microseconds since the epoch. Absent or broken is the zero time.
func (r *View) AttrTime(name string) time.Time {
	n, ok := r.AttrInt(name)
	if !ok {
		return time.Time{}
	}
	return time.UnixMicro(int64(n))
}

// AttrNames lists the attributes, sorted.
func (r *View) AttrNames() ([]string, error) {
	if r.source != nil {
		return r.source.AttrNames(), nil
	}
	entries, err := os.ReadDir(r.GuildPath("attrs"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list attributes: %w", err)
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		if e.Name()[0] != '.' {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// SetAttr writes one attribute, replacing an old value in one step. It does not write the value that is there already: reading costs far
// less than making a file.
func (r *Run) SetAttr(name string, v any) error {
	data, err := pyyaml.Encode(v)
	if err != nil {
		return fmt.Errorf("write attribute %s: %w", name, err)
	}
	if old, err := sharedfs.ReadFile(r.attrPath(name)); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err := replaceFile(r.attrPath(name), data); err != nil {
		return fmt.Errorf("write attribute %s: %w", name, err)
	}
	return nil
}

// DeleteAttr removes one attribute. A missing attribute is not an error.
func (r *Run) DeleteAttr(name string) error {
	if err := os.Remove(r.attrPath(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove attribute: %w", err)
	}
	return nil
}

// Micros returns the form of times on disk: microseconds since the epoch.
func Micros(t time.Time) int64 { return t.UnixMicro() }
