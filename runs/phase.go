package runs

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"guild/runs/sharedfs"
)

// phase is a part of a run's life that an owner begins, and is on disk as nothing but the name of an entry of .guild:
//
//	.phase.0                                              the run was made; the file status says what it is
//	.phase.<n>.<nonce>.<started>.staged                   it waits for a scheduler
//	.phase.<n>.<nonce>.<started>.queued                   it waits in an engine, see EngineJob
//	.phase.<n>.<nonce>.<started>.running                  it is owned, or was when its owner was lost
//	.phase.<n>.<nonce>.<started>.ended.<exit>.<stopped>   its outcome, and where output was lost, a dot and a Loss
//	.phase.<n>.<nonce>.<started>.lost                     somebody noted that its owner was lost
//
// The next phase begins by one rename of that entry. No name comes back, so that a rename from a name which an owner has seen
// works once, and never for an owner that another one has superseded: this is what decides where a lock, which is a lease,
// cannot. That the truth is in a name makes it as fresh as the directory on every host, and needs no space on a full disk.
type phase struct {
	seq     int // counts the phases; none is -1
	nonce   string
	started int64 // microseconds
	kind    phaseKind
	exit    int
	stopped int64 // microseconds
	loss    Loss
}

type phaseKind string

const (
	phaseMade    phaseKind = ""
	phaseStaged  phaseKind = "staged"
	phaseQueued  phaseKind = "queued"
	phaseRunning phaseKind = "running"
	phaseEnded   phaseKind = "ended"
	phaseLost    phaseKind = "lost"
)

const phasePrefix = ".phase."

// firstPhase is that of a run that was just made, noPhase that of a run of Guild AI.
var (
	firstPhase = phase{}
	noPhase    = phase{seq: -1}
)

// next is a phase after p.
func (p phase) next(kind phaseKind, started int64) phase {
	return phase{seq: p.seq + 1, nonce: NewID()[:8], started: started, kind: kind}
}

// name of the entry, empty for noPhase.
func (p phase) name() string { return string(p.appendName(nil)) }

func (p phase) appendName(b []byte) []byte {
	if p.seq < 0 {
		return b
	}
	b = strconv.AppendInt(append(b, phasePrefix...), int64(p.seq), 10)
	if p.kind == phaseMade {
		return b
	}
	b = append(append(append(b, '.'), p.nonce...), '.')
	b = append(append(strconv.AppendInt(b, p.started, 10), '.'), p.kind...)
	if p.kind == phaseEnded {
		b = strconv.AppendInt(append(b, '.'), int64(p.exit), 10)
		b = strconv.AppendInt(append(b, '.'), p.stopped, 10)
		if p.loss != NoLoss {
			b = append(append(b, '.'), p.loss...)
		}
	}
	return b
}

// parsePhase is the inverse of name: ok says that it is one that name returns. Listings make many, so that it needs no memory.
func parsePhase(name string) (p phase, ok bool) {
	rest, ok := strings.CutPrefix(name, phasePrefix)
	if !ok {
		return noPhase, false
	}
	var f [7]string
	n := 0
	for part := range strings.SplitSeq(rest, ".") {
		if n == len(f) {
			return noPhase, false
		}
		f[n] = part
		n++
	}
	p.seq = atoi(f[0])
	if n >= 4 {
		p.nonce, p.started, p.kind = f[1], int64(atoi(f[2])), phaseKind(f[3])
	}
	if n >= 6 {
		p.exit, p.stopped = atoi(f[4]), int64(atoi(f[5]))
	}
	if n == len(f) {
		p.loss = Loss(f[6])
		if !p.loss.known() {
			return noPhase, false
		}
	}
	switch p.kind {
	case phaseStaged, phaseQueued, phaseRunning, phaseEnded, phaseLost:
		ok = p.nonce != ""
	default:
		ok = p == firstPhase
	}
	var own [80]byte
	return p, ok && string(p.appendName(own[:0])) == name
}

// atoi is 0 for what is no number.
func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// status that the phase stands for, empty where it leaves that to the file status.
func (p phase) status() Status {
	switch p.kind {
	case phaseStaged:
		return Staged
	case phaseQueued:
		return Pending
	case phaseRunning:
		return Running
	case phaseEnded:
		return StatusFor(p.exit)
	case phaseLost:
		return Error
	}
	return ""
}

// phase is the one that the run is in: the latest, for copying a run over an older copy of it leaves the names of both. The error
// is ErrNewer where a later version of this program has given the run a phase that this one does not know.
func (r *View) phase() (phase, error) {
	p, _, err := r.phases()
	return p, err
}

// phases is phase with the names of phases that count higher but are over, see latestPhase.
func (r *View) phases() (p phase, over []string, err error) {
	if r.source != nil {
		if p, _ := parsePhase(r.source.Phase()); p.kind != phaseRunning { // of which the lock tells how true it is
			return p, nil, nil
		}
	}
	const looks = 2 // while an entry is renamed, some file systems can show neither name
	for range looks {
		names, err := sharedfs.Names(r.GuildPath())
		if err != nil {
			return noPhase, nil, fmt.Errorf("look at run %s: %w", r.ShortID(), sharedfs.GoneIfStale(err))
		}
		if p, over, err = latestPhase(names); err != nil {
			return noPhase, nil, r.newer(err)
		}
		if p != noPhase {
			break
		}
	}
	return p, over, nil
}

// latestPhase is the phase with the highest count, unless a version of this program that does not know its name, which begins
// to count anew, has started the run since. over are the names of phases that are over for this reason. A queued one is over once
// the run has begun; one with a loss, once another phase began after its end.
func latestPhase(names []string) (p phase, over []string, err error) {
	p = noPhase
	newer, word := 0, ""
	for _, name := range names {
		if q, ok := parsePhase(name); ok {
			p = later(p, q)
		} else if seq, w := newerPhase(name); w != "" && seq > newer {
			newer, word = seq, w
		}
	}
	if word != "" && newer > p.seq {
		return noPhase, nil, fmt.Errorf("phase %q: %w", word, ErrNewer)
	}
	for p.kind == phaseQueued || p.loss != NoLoss {
		since := noPhase
		for _, name := range names {
			if q, ok := parsePhase(name); ok && supersedes(p, q) {
				since = later(since, q)
			}
		}
		if since == noPhase {
			break
		}
		over = append(over, p.name())
		p = since
	}
	return p, over, nil
}

// supersedes reports that a version which does not know phase p has begun q, which counts no higher, after it.
func supersedes(p, q phase) bool {
	if q == p || later(p, q) != p || q.kind == phaseMade {
		return false
	}
	if p.kind == phaseQueued {
		return q.kind != phaseStaged && q.kind != phaseQueued
	}
	return q.started > p.stopped
}

// newerPhase takes the name of a phase apart that a later version of this program made. word is empty for any other name.
func newerPhase(name string) (seq int, word string) {
	rest, ok := strings.CutPrefix(name, phasePrefix)
	if !ok {
		return 0, ""
	}
	parts := strings.Split(rest, ".")
	if len(parts) < 4 || parts[1] == "" || parts[3] == "" {
		return 0, ""
	}
	seq, err := strconv.Atoi(parts[0])
	if _, e := strconv.ParseInt(parts[2], 10, 64); err != nil || e != nil || seq < 1 {
		return 0, ""
	}
	for _, c := range parts[3] {
		if c < 'a' || c > 'z' {
			return 0, ""
		}
	}
	return seq, strings.Join(parts[3:], ".")
}

// later returns the phase with the higher count.
func later(p, q phase) phase {
	if cmp.Or(cmp.Compare(q.seq, p.seq), cmp.Compare(q.name(), p.name())) > 0 {
		return q
	}
	return p
}

// makeFirstPhase is for a directory that nobody else writes: that of a draft, or of a run that Guild AI made, under its lock.
func (r *Run) makeFirstPhase() error {
	path := r.GuildPath(firstPhase.name())
	if os.Link(r.lockPath(), path) == nil { // costs less than a file of its own
		return nil
	}
	if err := createMarker(path); err != nil {
		return fmt.Errorf("make run %s: %w", r.ShortID(), err)
	}
	return nil
}

// look reads the phase while the lock is held, which a look at the lock after it proves.
func (l *Lock) look() (phase, error) {
	p, over, err := l.run.phases()
	if err == nil && p == noPhase {
		p, err = firstPhase, l.run.makeFirstPhase()
	}
	if err == nil {
		err = l.Verify()
	}
	for _, name := range over { // which would count higher than the next phase
		if err == nil {
			err = sharedfs.RemoveFile(l.run.GuildPath(name))
		}
	}
	return p, err
}

// enter ends phase from and begins phase to. The error is ErrBusy where from is over, ErrNotFound where the run is gone.
func (l *Lock) enter(from, to phase) error {
	r := l.run
	err := os.Rename(r.GuildPath(from.name()), r.GuildPath(to.name()))
	if err != nil {
		now, lookErr := r.phase()
		switch {
		case lookErr == nil && now == to:
			// A file server that was asked twice, for its first answer got lost, says no although it has done it.
		case errors.Is(lookErr, fs.ErrNotExist):
			return ErrNotFound
		case errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist):
			return l.superseded()
		default:
			return err
		}
	}
	l.phase = to
	return nil
}

func (l *Lock) superseded() error {
	return fmt.Errorf("run %s is no longer owned by this process: %w", l.run.ShortID(), ErrBusy)
}
