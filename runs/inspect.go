package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"guild/runs/sharedfs"
)

// Inspection is what is wrong with the record of a run, as far as that can be mended.
type Inspection struct {
	Owned    bool     // somebody is at work: there is no more to say now
	Staged   bool     // it waits for a scheduler
	Lost     bool     // it says that it is running and nobody owns it
	NoStatus bool     // its file status holds no status, and nothing else says what the run is
	Stale    []string // files for people and Guild AI, relative to .guild, that say something else than is true
}

// Inspect looks at the record of the run. It waits for nobody and changes nothing.
func (r *Run) Inspect() (Inspection, error) {
	p, err := r.phase()
	if err != nil {
		return Inspection{}, err
	}
	owned, err := r.Owned()
	if owned || err != nil {
		return Inspection{Owned: owned}, err
	}
	now, err := r.claimable()
	if err != nil {
		return Inspection{}, err
	}
	in := Inspection{Staged: now == Staged, Lost: p.kind == phaseRunning || p.kind == phaseMade && r.statusFile() == Running}
	if p.kind == phaseMade && r.statusFile() == "" {
		_, err := os.Lstat(r.GuildPath("status"))
		in.NoStatus = err == nil || p == firstPhase
	}
	if s, ok := r.startedByGuildAI(p); ok && !s.Status.Ended() {
		return Inspection{Owned: true}, nil
	}
	for _, f := range r.unownedFiles(p).wrong() {
		rel, _ := filepath.Rel(r.GuildPath(), f.path) // it is below
		in.Stale = append(in.Stale, rel)
	}
	if q, err := r.phase(); err != nil || q != p { // it has just been started, or ended
		return Inspection{Owned: true}, err
	}
	return in, nil
}

// ClaimMarker is a marker of a run that a scheduler has claimed.
type ClaimMarker struct {
	Name   string // in .claimed
	ID     string
	Engine string // kind of the engine that the run was handed to; empty for a local worker
}

// Here reports that a process of this host made the claim.
func (m ClaimMarker) Here() bool {
	return strings.HasPrefix(m.Name, m.ID+"."+hostInName()+"-") && strings.LastIndexByte(m.Name, '.') == len(m.ID)
}

// Claims lists the markers of claimed runs, those that an owner left behind included.
func (s *Store) Claims() ([]ClaimMarker, error) {
	names, err := sharedfs.Names(s.claimedDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list claims: %w", err)
	}
	var claims []ClaimMarker
	for _, name := range names {
		if id, engine, ok := parseClaim(name); ok {
			claims = append(claims, ClaimMarker{name, id, engine})
		}
	}
	return claims, nil
}

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
		if !strings.HasPrefix(name, tempPrefix) {
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
	if !purged && !strings.HasPrefix(name, tempPrefix) {
		return "", false
	}
	st, err := os.Lstat(path)
	if err != nil || !madeByTheDead(name) && now.Sub(lastChange(path, st)) < draftPatience {
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
		if !tempMaker().MatchString(name) { // what a user called so is left alone
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
	if at := tempMaker().FindStringIndex(name); at != nil && IsName(name[at[1]:]) {
		return name[at[1]:]
	}
	return NewID()
}
