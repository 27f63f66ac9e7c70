package runs

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"guild/runs/plainfile"
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

// phase is the one that the run is in: the latest, for copying a run over an older copy of it leaves the names of both.
func (r *View) phase() (phase, error) {
	if r.source != nil {
		if p, _ := parsePhase(r.source.Phase()); p.kind != phaseRunning { // of which the lock tells how true it is
			return p, nil
		}
	}
	const looks = 2 // while an entry is renamed, some file systems can show neither name
	p := noPhase
	for range looks {
		names, err := sharedfs.Names(r.GuildPath())
		if err != nil {
			return noPhase, fmt.Errorf("look at run %s: %w", r.ShortID(), sharedfs.GoneIfStale(err))
		}
		if p = latestPhase(names); p != noPhase {
			break
		}
	}
	return p, nil
}

// latestPhase is the phase with the highest count. A queued one yields to a start: versions that do not know queued runs begin
// to count anew when somebody starts such a run with them by hand.
func latestPhase(names []string) phase {
	p, begun := noPhase, noPhase
	for _, name := range names {
		q, ok := parsePhase(name)
		if !ok {
			continue
		}
		p = later(p, q)
		if q.kind == phaseRunning || q.kind == phaseEnded || q.kind == phaseLost {
			begun = later(begun, q)
		}
	}
	if p.kind == phaseQueued && begun != noPhase {
		return begun
	}
	return p
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
	f, err := plainfile.OpenFile(path, os.O_CREATE|os.O_WRONLY|unix.O_NOFOLLOW, 0o666)
	if err != nil {
		return fmt.Errorf("make run %s: %w", r.ShortID(), err)
	}
	return f.Close()
}

// look reads the phase while the lock is held, which a look at the lock after it proves.
func (l *Lock) look() (phase, error) {
	p, err := l.run.phase()
	if err == nil && p == noPhase {
		p, err = firstPhase, l.run.makeFirstPhase()
	}
	if err != nil {
		return noPhase, err
	}
	return p, l.Verify()
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
