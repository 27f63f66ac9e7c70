package runs

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
	"gopkg.in/yaml.v3"

	"guild/runs/process"
	"guild/runs/pyyaml"
)

// Owner identifies the process that holds a run's LOCK, so that it can be named to users, and signalled without the risk of hitting another
// process. It is the content of LOCK. Only the lock proves that the owner is alive.
type Owner struct {
	process.Identity
	Since time.Time // since when this process owns the run
	Claim string    // name of the marker in .claimed, empty for a run that was not staged
	Nonce string    // of the phase that it began, see Begin: a record with another one is of no use
}

// Self returns this process as an owner from now on.
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

// Touch records a sign of life of the owner that began the run, see State.Seen. If the lock was lost while a file server did not respond,
// Touch takes it again. The error is ErrBusy if another owner has superseded this one, which should then end its operation.
func (l *Lock) Touch() error {
	now, err := l.run.phase()
	if err != nil {
		return err
	}
	if now != l.phase {
		return l.superseded()
	}
	_ = flockNow(l.f) // another process may be looking at the lock, see Owned: the next call will do
	return l.touch()
}

// touch sets the time of LOCK by the clock of the file server; over NFS it also sends what was written there on its way.
func (l *Lock) touch() error {
	if err := unix.Futimes(int(l.f.Fd()), nil); err != nil {
		return fmt.Errorf("touch the lock of run %s: %w", l.run.ShortID(), err)
	}
	return nil
}
