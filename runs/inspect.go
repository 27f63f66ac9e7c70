package runs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"guild/runs/phase"
	"guild/runs/process"
	"guild/runs/sharedfs"
)

// Inspection lists what is wrong with the record of a run, as far as it can be repaired.
type Inspection struct {
	Owned    bool     // the run has an owner: nothing else can be said now
	Staged   bool     // it waits for a scheduler
	Lost     bool     // the run is recorded as running and has no owner
	NoStatus bool     // its file status holds no status, and nothing else says what the run is
	Stale    []string // files for users and Guild AI, relative to .guild, that contradict the state of the run
}

// Inspect examines the record of the run. It does not block and changes nothing.
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
	in := Inspection{Staged: now == Staged, Lost: p.Kind == phase.Running}
	if p.Kind == phase.Made {
		recorded, err := r.readStatus()
		if err != nil {
			return Inspection{}, err // it can have any status
		}
		in.Lost = recorded == Running
		if recorded == "" {
			_, err := os.Lstat(r.GuildPath("status"))
			in.NoStatus = err == nil || p == phase.First
		}
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

// Here reports whether a process of this host made the claim.
func (m ClaimMarker) Here() bool {
	return strings.HasPrefix(m.Name, m.ID+"."+process.HostInName()+"-") && strings.LastIndexByte(m.Name, '.') == len(m.ID)
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
