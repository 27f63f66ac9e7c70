package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"guild/runs/process"
	"guild/runs/replace"
	"guild/runs/sharedfs"
)

// Leftover is something that a process which was killed, or gave up, left in a store.
type Leftover struct {
	Kind LeftoverKind
	Path string
}

// LeftoverKind says what a Leftover is.
type LeftoverKind string

// The kinds of leftovers.
const (
	LeftoverFile  LeftoverKind = "file"  // a file of ours that was to replace another one
	LeftoverDraft LeftoverKind = "draft" // a run that was being made
	LeftoverPurge LeftoverKind = "purge" // a run that was being removed for good
	// LeftoverMarker is the prepared marker of a run that was never made or staged again, see Store.CommitStaged.
	LeftoverMarker LeftoverKind = "marker"
)

// draftPatience is how long a temporary name of another system is left alone. Its process can then still be at work: mending
// must not wait for it, and takes nothing away from it but the name.
const draftPatience = 24 * time.Hour

// Leftovers looks for them among the runs, in the trash, and in the runs of both.
func (s *Store) Leftovers() ([]Leftover, error) {
	now := s.now()
	found, err := s.preparedLeftovers(now)
	if err != nil {
		return nil, err
	}
	for _, dir := range []string{s.runs, s.TrashDir()} {
		names, err := sharedfs.Names(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look for leftovers: %w", err)
		}
		left := make([][]Leftover, len(names))
		Each(len(names), func(i int) { left[i] = leftoversOf(filepath.Join(dir, names[i]), now) })
		found = append(found, slices.Concat(left...)...)
	}
	return found, nil
}

// leftoversOf looks at an entry of the runs root or of the trash, and into it where it can be a run.
func leftoversOf(path string, now time.Time) []Leftover {
	var found []Leftover
	if kind, ok := leftover(path, now); ok {
		found = append(found, Leftover{kind, path})
	}
	if !IsName(filepath.Base(path)) {
		return found
	}
	for _, sub := range []string{guildDir, filepath.Join(guildDir, "attrs")} {
		inner, _ := sharedfs.Names(filepath.Join(path, sub)) // no run, or gone
		for _, name := range inner {
			file := filepath.Join(path, sub, name)
			if kind, ok := leftover(file, now); ok && kind == LeftoverFile {
				found = append(found, Leftover{kind, file})
			}
		}
	}
	return found
}

// preparedLeftovers are prepared markers of runs that are neither being made nor being staged.
func (s *Store) preparedLeftovers(now time.Time) ([]Leftover, error) {
	marks, err := sharedfs.Names(s.stagedDir()) // before the runs: a run that is being made is there when its marker is
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for leftovers: %w", err)
	}
	names, err := sharedfs.Names(s.runs)
	if err != nil {
		return nil, fmt.Errorf("look for leftovers: %w", err)
	}
	known := map[string]bool{}
	for _, name := range names {
		known[name] = true
		if !strings.HasPrefix(name, process.TempPrefix) {
			continue
		}
		if _, left := leftover(filepath.Join(s.runs, name), now); !left {
			known[draftID(name)] = true
		}
	}
	var found []Leftover
	for _, name := range marks {
		id, prepared := strings.CutPrefix(name, ".")
		if prepared && IsName(id) && (!known[id] || s.run(id).staysUnstaged()) {
			found = append(found, Leftover{LeftoverMarker, s.preparedPath(id)})
		}
	}
	return found, nil
}

// staysUnstaged says that the run is there, and nobody stages it again: who does that owns it from before its marker is
// prepared until it is staged.
func (r *Run) staysUnstaged() bool {
	if owned, err := r.Owned(); err != nil || owned || !isRunDir(r.Dir) {
		return false
	}
	status, err := r.claimable()
	return err == nil && status != Staged
}

func leftover(path string, now time.Time) (LeftoverKind, bool) {
	name := filepath.Base(path)
	purged := strings.HasPrefix(name, purgedPrefix)
	if !purged && !strings.HasPrefix(name, process.TempPrefix) {
		return "", false
	}
	st, err := os.Lstat(path)
	maker, _, _ := process.MakerOf(name)
	if err != nil || !maker.Dead() && now.Sub(lastChange(path, st)) < draftPatience {
		return "", false
	}
	switch {
	case purged:
		return LeftoverPurge, true
	case st.IsDir():
		return LeftoverDraft, true
	}
	return LeftoverFile, true
}

// lastChange is the latest time at which something was made in a draft, or that of a file.
func lastChange(path string, st os.FileInfo) time.Time {
	last := st.ModTime()
	for _, sub := range []string{guildDir, filepath.Join(guildDir, "attrs")} {
		if st, err := os.Lstat(filepath.Join(path, sub)); err == nil && st.ModTime().After(last) {
			last = st.ModTime()
		}
	}
	return last
}

func (s *Store) now() time.Time { return timeIn(s.runs) }

// timeIn is the time by the clock of the file server of a directory, to which times of its files can be compared; by that of
// this host where nothing can be written.
func timeIn(dir string) time.Time {
	tmp, err := writeTemp(filepath.Join(dir, "now"), nil)
	if err != nil {
		return time.Now()
	}
	defer func() { _ = os.Remove(tmp) }()
	st, err := os.Lstat(tmp)
	if err != nil {
		return time.Now()
	}
	return st.ModTime()
}

// ClearLeftover removes a leftover. A draft, which can hold files of a user, goes to the trash.
func (s *Store) ClearLeftover(l Leftover) error {
	var err error
	switch l.Kind {
	case LeftoverDraft:
		if err = s.MakeDir(s.TrashDir()); err == nil {
			err = moveAside(l.Path, s.TrashDir(), draftID(l.Path))
		}
	case LeftoverPurge:
		err = os.RemoveAll(l.Path)
	case LeftoverMarker:
		err = s.clearPrepared(l.Path)
	default:
		err = os.Remove(l.Path)
	}
	if err != nil && !errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist) {
		return fmt.Errorf("clear a leftover: %w", err)
	}
	return nil
}

// ClearDrafts moves to the trash what was left of runs that processes of this system were making when they died, and removes
// what was left of runs that they were removing. Of other systems it takes what has not changed for a day. It lists the root
// once and looks into no run. It returns the paths that it cleared.
func (s *Store) ClearDrafts() ([]string, error) {
	names, err := sharedfs.Names(s.runs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for leftovers: %w", err)
	}
	var cleared []string
	var failed []error
	now := sync.OnceValue(s.now)
	for _, name := range names {
		if _, _, ok := process.MakerOf(name); !ok { // what a user called so is left alone
			continue
		}
		path := filepath.Join(s.runs, name)
		kind, left := leftover(path, now())
		if !left {
			continue
		}
		if err := s.ClearLeftover(Leftover{kind, path}); err != nil {
			failed = append(failed, err)
		} else {
			cleared = append(cleared, path)
		}
	}
	return cleared, errors.Join(failed...)
}

// clearPrepared removes a prepared marker, unless its run has become staged or is about to be.
func (s *Store) clearPrepared(path string) error {
	r := s.run(strings.TrimPrefix(filepath.Base(path), "."))
	l, gone, err := s.lockNamed(r)
	switch {
	case gone:
		return os.Remove(path)
	case errors.Is(err, ErrBusy):
		return nil
	case err != nil:
		return err
	}
	defer func() { _ = l.Close() }()
	if status, err := r.claimable(); err != nil || status == Staged {
		return err
	}
	return os.Remove(path)
}

// draftID is the id of the run that was being made, which its temporary name ends in.
func draftID(path string) string {
	name := filepath.Base(path)
	if _, id, ok := process.MakerOf(name); ok && IsName(id) {
		return id
	}
	return NewID()
}

// IsTemporary tells names that guild itself, or NFS for it, makes in a run directory and that are about to be renamed or removed. The
// name is a path below the run directory with slashes. What a user calls a file is none of them.
func IsTemporary(name string) bool {
	dir, base := path.Split(name)
	switch dir {
	case guildDir + "/":
		return isTempName(base) || strings.HasPrefix(base, replace.Prefix)
	case guildDir + "/attrs/":
		return isTempName(base)
	}
	return false
}

// isTempName tells a name of tempName, or one that NFS gave to a file that was removed while it was open.
func isTempName(name string) bool {
	if hex, ok := strings.CutPrefix(name, ".nfs"); ok {
		return hex != "" && strings.Trim(hex, "0123456789abcdef") == ""
	}
	_, _, made := process.MakerOf(name)
	return made && strings.HasPrefix(name, process.TempPrefix)
}

// ClearDead removes from a directory outside of a store what processes left there when they were killed: copies of runs that were
// not made to their end, whose originals are where they were. Of processes of other systems that is what has not changed for long.
func ClearDead(dir string) {
	names, _ := sharedfs.Names(dir) // a directory that cannot be read, or is not there, is cleared by somebody else
	for _, name := range names {
		path := filepath.Join(dir, name)
		maker, _, made := process.MakerOf(name)
		if made && strings.HasPrefix(name, process.TempPrefix) && (maker.Dead() || maker.Elsewhere() && timeIn(dir).Sub(latestChange(path)) > draftPatience) {
			_ = os.RemoveAll(path)
		}
	}
}

// latestChange is the time of the latest change of anything in path.
func latestChange(path string) time.Time {
	var latest time.Time
	_ = filepath.WalkDir(path, func(_ string, e fs.DirEntry, err error) error {
		if err != nil { // gone by now
			return nil
		}
		if st, err := e.Info(); err == nil && st.ModTime().After(latest) {
			latest = st.ModTime()
		}
		return nil
	})
	return latest
}
