package runs

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
	"gopkg.in/yaml.v3"

	"guild/runs/process"
	"guild/runs/pyyaml"
)

// Owner identifies the process that holds a run's LOCK, so that it can be named to people and signalled without ever hitting
// another process. It is the content of LOCK. Only the lock proves that the owner lives.
type Owner struct {
	process.Identity
	Since time.Time // since when this process owns the run
	Claim string    // name of the marker in .claimed, empty for a run that was not staged
	Nonce string    // of the phase that it began, see Begin: a record with another one is of no use
}

// Self is this process as an owner, as of now.
func Self() Owner { return Owner{Identity: process.Self(), Since: time.Now()} }

func (o Owner) encode() ([]byte, error) {
	m := map[string]any{
		"host": o.Host, "boot": o.Boot, "pid": o.PID, "start": o.Start, "since": Micros(o.Since),
	}
	if o.PIDNS != "" {
		m["pidns"] = o.PIDNS
	}
	if o.Claim != "" {
		m["claim"] = o.Claim
	}
	if o.Nonce != "" {
		m["nonce"] = o.Nonce
	}
	return pyyaml.Encode(m)
}

func decodeOwner(data []byte) (Owner, bool) {
	var f struct {
		Host, Boot, PIDNS, Start, Claim, Nonce string

		PID   int
		Since int64
	}
	if err := yaml.Unmarshal(data, &f); err != nil || f.Host == "" {
		return Owner{}, false
	}
	return Owner{Identity: process.Identity{Host: f.Host, Boot: f.Boot, PIDNS: f.PIDNS, PID: f.PID, Start: f.Start},
		Claim: f.Claim, Nonce: f.Nonce, Since: time.UnixMicro(f.Since)}, true
}

// Touch is a sign of life of the owner that began the run, for State.Seen. A lock that was lost while a file server was away
// is taken again. The error is ErrBusy where another owner has superseded this one: what it runs should end then.
func (l *Lock) Touch() error {
	now, err := l.run.phase()
	if err != nil {
		return err
	}
	if now != l.phase {
		return l.superseded()
	}
	_ = flockNow(l.f) // somebody may look at the lock at this moment, see Owned: the next call is soon enough
	return l.touch()
}

// touch sets the time of LOCK by the clock of the file server; over NFS it also sends what was written there on its way.
func (l *Lock) touch() error {
	if err := unix.Futimes(int(l.f.Fd()), nil); err != nil {
		return fmt.Errorf("touch the lock of run %s: %w", l.run.ShortID(), err)
	}
	return nil
}
