package runs

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"guild/runs/plainfile"
	"guild/runs/sharedfs"
	"guild/runs/words"
)

// Kinds of manifest entries.
const (
	SourceEntry = "s" // copied from the project's source code
	DepEntry    = "d" // resolved for a dependency
)

// ManifestEntry says where a file, or all files below a directory, of a run came from.
type ManifestEntry struct {
	Kind   string   // SourceEntry, DepEntry or a letter of somebody else's
	Path   string   // below the run directory, with slashes
	Digest string   // SHA-1 of the content in hex, empty where it was not taken
	Source []string // where it came from: path in the project, or resource and path within it
}

// Manifest reads the run's manifest: one line of shell words per entry, in the order of copying. A run without one has no
// entries; lines that are broken are left out.
func (r *View) Manifest() ([]ManifestEntry, error) {
	f, err := plainfile.Open(r.GuildPath("manifest"))
	if errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	defer func() { _ = f.Close() }()
	var entries []ManifestEntry
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		w, err := words.Split(lines.Text())
		if err != nil || len(w) < 2 {
			continue
		}
		e := ManifestEntry{Kind: w[0], Path: strings.TrimRight(w[1], "/")}
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

// OldSourcecode is where Guild AI before 0.9 kept source code, below .guild.
const OldSourcecode = "sourcecode"

// Kinds tells what the files of a run are, by its manifest.
type Kinds struct {
	entries map[string]string // path to kind
}

// Kinds reads the manifest.
func (r *View) Kinds() (*Kinds, error) {
	entries, err := r.Manifest()
	if err != nil {
		return nil, err
	}
	k := &Kinds{entries: make(map[string]string, len(entries)+1)}
	k.entries[guildDir+"/"+OldSourcecode] = SourceEntry
	for _, e := range entries {
		k.entries[path.Clean(e.Path)] = e.Kind
	}
	return k, nil
}

// Of is the kind of a file, by its path below the run directory with slashes: its own, or that of the nearest directory in the
// manifest that it is in; else empty. listed says that the manifest has the very path.
func (k *Kinds) Of(p string) (kind string, listed bool) {
	if kind, ok := k.entries[p]; ok {
		return kind, p != guildDir+"/"+OldSourcecode
	}
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		if kind, ok := k.entries[dir]; ok {
			return kind, false
		}
	}
	return "", false
}
