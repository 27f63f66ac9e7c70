// Package manifest reads the manifest of a run: where the files that were copied into it came from.
//
// The file .guild/manifest has a line of shell words for each file or directory, in the order of copying: a letter for the kind, the path
// below the run directory, the SHA-1 of the content in hex (empty if it was not taken), and where it came from. Guild AI has the same
// file.
package manifest

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"guild/runs"
	"guild/runs/plainfile"
	"guild/runs/sharedfs"
	"guild/runs/words"
)

// Kinds of entries.
const (
	Source     = "s" // copied from the project's source code
	Dependency = "d" // resolved for a dependency
)

// Entry says where a file, or all files below a directory, of a run came from.
type Entry struct {
	Kind   string   // Source, Dependency or another letter that a later program made
	Path   string   // below the run directory, with slashes
	Digest string   // SHA-1 of the content in hex, empty if it was not taken
	Source []string // where it came from: path in the project, or resource and path within it
}

// Of reads the manifest of a run, in the order of copying. A run without a manifest has no entries; broken lines are left out.
func Of(r runs.Viewer) ([]Entry, error) {
	f, err := plainfile.Open(r.AsView().GuildPath("manifest"))
	if errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	defer func() { _ = f.Close() }()
	var entries []Entry
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		w, err := words.Split(lines.Text())
		if err != nil || len(w) < 2 {
			continue
		}
		e := Entry{Kind: w[0], Path: strings.TrimRight(w[1], "/")}
		if e.Kind == "" || e.Path == "" {
			continue
		}
		if len(w) > 2 {
			e.Digest, e.Source = w[2], w[3:]
		}
		entries = append(entries, e)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read manifest %s: %w", f.Name(), err)
	}
	return entries, nil
}

// AppendLine appends the line of an entry.
func AppendLine(b []byte, e Entry) []byte {
	b = append(b, words.Join(append([]string{e.Kind, e.Path, e.Digest}, e.Source...))...)
	return append(b, '\n')
}

// OldSourcecode is where Guild AI before 0.9 kept source code, below .guild.
const OldSourcecode = "sourcecode"

const oldSourcecodePath = ".guild/" + OldSourcecode

// Kinds has the kinds of a run's files, from its manifest.
type Kinds struct {
	entries map[string]string // path to kind
}

// KindsOf reads the manifest of a run.
func KindsOf(r runs.Viewer) (*Kinds, error) {
	entries, err := Of(r)
	if err != nil {
		return nil, err
	}
	k := &Kinds{entries: make(map[string]string, len(entries)+1)}
	k.entries[oldSourcecodePath] = Source
	for _, e := range entries {
		k.entries[path.Clean(e.Path)] = e.Kind
	}
	return k, nil
}

// Of returns the kind of a file, by its path below the run directory with slashes: its own, or that of the nearest directory in the
// manifest that it is in; else empty. listed says that the manifest has the very path.
func (k *Kinds) Of(p string) (kind string, listed bool) {
	if kind, ok := k.entries[p]; ok {
		return kind, p != oldSourcecodePath
	}
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		if kind, ok := k.entries[dir]; ok {
			return kind, false
		}
	}
	return "", false
}
