// Package check examines a store for what crashes and users leave behind, and repairs what can be repaired.
//
// It is safe while schedulers work: it takes a run's lock as a scheduler does, never waits for a run that is owned, and removes nothing
// that may belong to a user. An operation of another process can look like a fault for a moment, so each finding is checked a second time.
package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"guild/runs"
	"guild/runs/leftover"
	"guild/runs/pattern"
)

// Kind of a problem.
type Kind string

// The kinds of problems. Those from Unreadable on must be handled by users: an automatic repair would be a guess.
const (
	Leftover       Kind = "leftover"        // a file of a process that was killed
	StrayMarker    Kind = "stray-marker"    // .staged names a run that is not staged or does not exist
	NoMarker       Kind = "no-marker"       // a staged run is not in .staged: no scheduler sees it
	AbandonedClaim Kind = "abandoned-claim" // .claimed names a run that has no owner
	OrphanedJob    Kind = "orphaned-job"    // a run waits in an engine, and its scheduler has ended
	LostOwner      Kind = "lost-owner"      // a run is recorded as running and has no owner
	StaleFiles     Kind = "stale-files"     // files for users and Guild AI do not agree with the state of the run
	Unreadable     Kind = "unreadable"      // a run cannot be read
	BadAttribute   Kind = "bad-attribute"   // an attribute is not YAML
	BadStatus      Kind = "bad-status"      // the file status has no valid status
	NoRecord       Kind = "no-record"       // a directory has the name of a run and no .guild
)

// Problem is a fault of a store.
type Problem struct {
	Kind   Kind   `json:"kind"`
	Run    string `json:"run"`    // its id; empty if it is not about a run
	Path   string `json:"path"`   // absolute
	Text   string `json:"text"`   // what is wrong
	Mended bool   `json:"mended"` // Repair has repaired it

	leftover leftover.Leftover
}

// Mendable reports whether Repair can do something about it.
func (p Problem) Mendable() bool {
	return !slices.Contains([]Kind{Unreadable, BadAttribute, BadStatus, NoRecord, OrphanedJob}, p.Kind)
}

// secondLook is how long other processes may take to finish what they are doing.
const secondLook = 100 * time.Millisecond

// Store examines a store. The problems are sorted by run; the list is nil if there are none.
func Store(ctx context.Context, s *runs.Store) ([]Problem, error) { return examine(ctx, s, secondLook) }

func examine(ctx context.Context, s *runs.Store, pause time.Duration) ([]Problem, error) {
	ids, err := s.IDs()
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	found, err := look(ctx, s, ids)
	for err == nil && len(found) > 0 {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		var fresh []Problem
		if found, fresh, err = again(ctx, s, found); len(fresh) == 0 {
			break
		}
		found = append(found, fresh...) // to be checked a second time themselves
		sortProblems(found)
	}
	if err != nil {
		return nil, err
	}
	return found, nil
}

// again returns the problems that still exist and, as fresh, those of runs that became readable, or unreadable, only now.
func again(ctx context.Context, s *runs.Store, found []Problem) (left, fresh []Problem, err error) {
	var ids []string
	for _, p := range found {
		if p.Run != "" {
			ids = append(ids, p.Run)
		}
	}
	slices.Sort(ids)
	now, err := look(ctx, s, slices.Compact(ids))
	if err != nil {
		return nil, nil, err
	}
	was, is := unreadable(found), unreadable(now)
	known, there := keys(found), keys(now)
	for _, p := range found {
		if there[p.key()] || is[p.Run] && !was[p.Run] {
			left = append(left, p)
		}
	}
	for _, p := range now {
		if was[p.Run] != is[p.Run] && !known[p.key()] {
			fresh = append(fresh, p)
		}
	}
	return left, fresh, nil
}

// unreadable returns the runs that could not be read, of which nothing else is known.
func unreadable(found []Problem) map[string]bool {
	ids := map[string]bool{}
	for _, p := range found {
		if p.Kind == Unreadable {
			ids[p.Run] = true
		}
	}
	return ids
}

// key returns the part of a problem that is equal in every look that finds it.
func (p Problem) key() Problem { return Problem{Kind: p.Kind, Run: p.Run, Path: p.Path} }

func keys(list []Problem) map[Problem]bool {
	set := make(map[Problem]bool, len(list))
	for _, p := range list {
		set[p.key()] = true
	}
	return set
}

func sortProblems(found []Problem) {
	slices.SortStableFunc(found, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.Run, b.Run), cmp.Compare(a.Path, b.Path)) })
}

// looker collects the problems found in one look.
type looker struct {
	store *runs.Store

	mu     sync.Mutex
	found  []Problem
	staged []string // waiting runs without an owner
}

func look(ctx context.Context, s *runs.Store, ids []string) ([]Problem, error) {
	l := &looker{store: s}
	l.runs(ctx, ids)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := l.markers(); err != nil {
		return nil, err
	}
	left, err := s.Leftovers()
	for _, o := range left {
		l.found = append(l.found, Problem{Kind: Leftover, Path: o.Path, Text: leftoverTexts[o.Kind], leftover: o})
	}
	sortProblems(l.found)
	return l.found, err
}

var leftoverTexts = map[leftover.Kind]string{
	leftover.File:  "a temporary file was left by a process that is gone",
	leftover.Draft: "a run was not made to its end",
	leftover.Purge: "a run was not removed to its end",

	leftover.Marker: "a run was to be staged and was not",
}

func (l *looker) add(kind Kind, id, path, text string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.found = append(l.found, Problem{Kind: kind, Run: id, Path: path, Text: fmt.Sprintf(text, args...)})
}

var idForm = pattern.Lazy(`^[0-9a-f]{32}$`)

// runs checks several runs at a time, since over NFS most of the time is spent waiting for answers.
func (l *looker) runs(ctx context.Context, ids []string) {
	const atATime = 8
	next := make(chan string)
	var wg sync.WaitGroup
	for range atATime {
		wg.Go(func() {
			for id := range next {
				l.run(id)
			}
		})
	}
	for _, id := range ids {
		if ctx.Err() != nil {
			break
		}
		next <- id
	}
	close(next)
	wg.Wait()
}

func (l *looker) run(id string) {
	dir := filepath.Join(l.store.Root(), id)
	r, err := l.store.Get(id)
	if err != nil {
		if idForm().MatchString(id) {
			l.add(NoRecord, id, dir, "the directory has the name of a run and no .guild: if its files are of no use, remove it")
		}
		return
	}
	in, err := r.Inspect()
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, runs.ErrNotFound):
		return // deleted meanwhile
	case err != nil:
		l.add(Unreadable, id, dir, "it cannot be read: %v", err)
		return
	}
	if in.Staged {
		l.mu.Lock()
		l.staged = append(l.staged, id)
		l.mu.Unlock()
	}
	l.attributes(r)
	if in.Lost {
		l.add(LostOwner, id, dir, "it says that it is running, but %s", r.State().Reason)
	}
	if in.NoStatus {
		l.add(BadStatus, id, r.GuildPath("status"), "the file holds no status: write one of %s into it", joined(runs.Statuses[:]))
	}
	if len(in.Stale) > 0 {
		l.add(StaleFiles, id, dir, "it is %s, which %s in .guild do not say", r.Status(), strings.Join(in.Stale, ", "))
	}
}

func (l *looker) attributes(r *runs.Run) {
	names, err := r.AttrNames()
	if err != nil {
		l.add(Unreadable, r.ID, r.GuildPath("attrs"), "its attributes cannot be read: %v", err)
		return
	}
	for _, name := range names {
		if _, err := r.Attr(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			l.add(BadAttribute, r.ID, r.GuildPath("attrs", name), "attribute %s cannot be read: correct it or remove it (%v)", name, err)
		}
	}
}

// markers compares .staged and .claimed with the runs.
func (l *looker) markers() error {
	markers, err := l.store.Staged(nil)
	if err != nil {
		return err
	}
	claims, err := l.store.Claims()
	if err != nil {
		return err
	}
	announced := map[string]bool{}
	for _, m := range markers {
		announced[m.ID] = true
		path := filepath.Join(l.store.Root(), ".staged", m.ID)
		if r, err := l.store.Get(m.ID); err != nil {
			l.add(StrayMarker, m.ID, path, "it waits for a scheduler, and there is no such run")
		} else if in, err := r.Inspect(); err == nil && !in.Owned && !in.Staged {
			l.add(StrayMarker, m.ID, path, "it waits for a scheduler, and the run is %s", r.Status())
		}
	}
	for _, c := range claims {
		announced[c.ID] = true
		path := filepath.Join(l.store.Root(), ".claimed", c.Name)
		if r, err := l.store.Get(c.ID); err != nil {
			l.add(AbandonedClaim, c.ID, path, "a scheduler claimed it, and there is no such run")
		} else if owned, err := r.Owned(); err == nil && !owned {
			l.unowned(r, path)
		}
	}
	for _, id := range l.staged {
		if !announced[id] {
			l.add(NoMarker, id, filepath.Join(l.store.Root(), id), "it is staged, and no scheduler can see that")
		}
	}
	return nil
}

// unowned examines a claimed run without an owner. A run that waits in an engine needs only its scheduler.
func (l *looker) unowned(r *runs.Run, path string) {
	job, ok := r.EngineJob()
	queued, err := r.Queued()
	switch {
	case err != nil: // the run itself is examined too
	case !queued || !ok:
		l.add(AbandonedClaim, r.ID, path, "a scheduler claimed it, and nobody owns it: it is %s", r.Status())
	case l.store.Lives(job.Scheduler):
	case job.Survives:
		l.add(OrphanedJob, r.ID, path, "it waits in %s, and its scheduler has ended: start a scheduler of the same kind, or take it back by "+
			"'guild run --restart %s --stage'", job.System(), r.ShortID())
	default:
		l.add(AbandonedClaim, r.ID, path, "it waits in %s, and its scheduler has ended", job.System())
	}
}

func joined[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	return strings.Join(words, ", ")
}
