// Package phase defines the names in a run directory that determine the state of the run.
//
// A phase is a part of a run's life that an owner begins. On disk it is only the name of an entry of .guild:
//
//	.phase.0                                              the run was made; the file status says what it is
//	.phase.<n>.<nonce>.<started>.staged                   it waits for a scheduler
//	.phase.<n>.<nonce>.<started>.queued                   it waits in an engine, such as Slurm
//	.phase.<n>.<nonce>.<started>.running                  it is owned, or was when its owner was lost
//	.phase.<n>.<nonce>.<started>.ended.<exit>.<stopped>   its outcome, and where output was lost, a dot and a Loss
//	.phase.<n>.<nonce>.<started>.lost                     somebody noted that its owner was lost
//
// The next phase begins with one rename of that entry. No name is used twice, so a rename from a name that an owner has seen works once,
// and never for an owner that was superseded by another one. A lock over NFS, which is a lease, cannot guarantee that. Since the state is
// in a name, it is as fresh as the directory on every host, and needs no space on a full disk.
//
// This package reads and makes names and does no I/O. Package runs renames the entries, under the lock of the run.
package phase

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"strings"
)

// Phase is a phase of a run, parsed from its name. Times are microseconds since the epoch.
type Phase struct {
	Seq     int    // number of the phase in the run; -1 for None
	Nonce   string // distinguishes two phases with the same Seq
	Started int64  // when the run was staged, queued or started
	Kind    Kind
	Exit    int   // of Ended: the exit status, or minus the signal
	Stopped int64 // of Ended
	Loss    Loss  // of Ended
}

// Kind is the kind of a phase.
type Kind string

// The kinds, see the package comment.
const (
	Made    Kind = ""
	Staged  Kind = "staged"
	Queued  Kind = "queued"
	Running Kind = "running"
	Ended   Kind = "ended"
	Lost    Kind = "lost"
)

// Prefix begins the names of all phases.
const Prefix = ".phase."

// First is the phase of a run that was just made. None is the phase of a run without any name of a phase: Guild AI made it.
var (
	First = Phase{}
	None  = Phase{Seq: -1}
)

// Next returns a phase that follows p, with a nonce that no other phase has.
func (p Phase) Next(kind Kind, started int64) Phase {
	var nonce [4]byte
	rand.Read(nonce[:]) // never fails, see crypto/rand
	return Phase{Seq: p.Seq + 1, Nonce: hex.EncodeToString(nonce[:]), Started: started, Kind: kind}
}

// Over reports whether a phase is the end of a start: the run has ended, or its owner was lost.
func (p Phase) Over() bool { return p.Kind == Ended || p.Kind == Lost }

// Name returns the name of the entry; empty for None.
func (p Phase) Name() string { return string(p.appendName(nil)) }

func (p Phase) appendName(b []byte) []byte {
	if p.Seq < 0 {
		return b
	}
	b = strconv.AppendInt(append(b, Prefix...), int64(p.Seq), 10)
	if p.Kind == Made {
		return b
	}
	b = append(append(append(b, '.'), p.Nonce...), '.')
	b = append(append(strconv.AppendInt(b, p.Started, 10), '.'), p.Kind...)
	if p.Kind == Ended {
		b = strconv.AppendInt(append(b, '.'), int64(p.Exit), 10)
		b = strconv.AppendInt(append(b, '.'), p.Stopped, 10)
		if p.Loss != NoLoss {
			b = append(append(b, '.'), p.Loss...)
		}
	}
	return b
}

// Parse is the inverse of Name. ok is false for a name that Name does not return. Listings parse many names, so it allocates nothing.
func Parse(name string) (p Phase, ok bool) {
	rest, ok := strings.CutPrefix(name, Prefix)
	if !ok {
		return None, false
	}
	var f [7]string
	n := 0
	for part := range strings.SplitSeq(rest, ".") {
		if n == len(f) {
			return None, false
		}
		f[n] = part
		n++
	}
	p.Seq = atoi(f[0])
	if n >= 4 {
		p.Nonce, p.Started, p.Kind = f[1], int64(atoi(f[2])), Kind(f[3])
	}
	if n >= 6 {
		p.Exit, p.Stopped = atoi(f[4]), int64(atoi(f[5]))
	}
	if n == len(f) {
		p.Loss = Loss(f[6])
		if !p.Loss.known() {
			return None, false
		}
	}
	switch p.Kind {
	case Staged, Queued, Running, Ended, Lost:
		ok = p.Nonce != ""
	default:
		ok = p == First
	}
	var own [80]byte
	return p, ok && string(p.appendName(own[:0])) == name
}

// atoi returns 0 for invalid numbers.
func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// later returns the phase with the higher count.
func later(p, q Phase) Phase {
	if cmp.Or(cmp.Compare(q.Seq, p.Seq), cmp.Compare(q.Name(), p.Name())) > 0 {
		return q
	}
	return p
}
