package runs

import (
	"os"
	"sync"
	"time"

	"gopkg.in/yaml.v3"

	"guild/runs/pyyaml"
)

// Owner identifies the process that holds a run's LOCK, so that it can be named to people and signalled without ever hitting
// another process. It is the content of LOCK. Only the lock proves that the owner lives.
type Owner struct {
	Host  string // host name, for people
	Boot  string // id of the kernel's boot; the same pid after a reboot is somebody else
	PIDNS string // pid name space (Linux), in which PID counts
	PID   int
	Start string    // start time of the process, in the system's own unit; a reused pid has another
	Since time.Time // since when this process owns the run
	Claim string    // name of the marker in .claimed, empty for a run that was not staged
}

// Self is this process as an owner, as of now.
func Self() Owner {
	me := self()
	me.Since = time.Now()
	return me
}

var self = sync.OnceValue(func() Owner {
	start, _ := processStart(os.Getpid())
	return Owner{Host: Hostname(), Boot: bootID(), PIDNS: pidNamespace(), PID: os.Getpid(), Start: start}
})

// SameSystem reports that the owner's pid counts in this process's kernel and name space.
func (o Owner) SameSystem() bool {
	me := self()
	return o.PID > 0 && o.Boot != "" && o.Boot == me.Boot && o.PIDNS == me.PIDNS
}

// Alive reports that the very process exists on this system. It is false for processes of other systems, of which a pid says
// nothing.
func (o Owner) Alive() bool {
	if !o.SameSystem() || o.Start == "" {
		return false
	}
	start, err := processStart(o.PID)
	return err == nil && start == o.Start
}

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
	return pyyaml.Encode(m)
}

func decodeOwner(data []byte) (Owner, bool) {
	var f struct {
		Host, Boot, PIDNS, Start, Claim string
		PID                             int
		Since                           int64
	}
	if err := yaml.Unmarshal(data, &f); err != nil || f.Host == "" {
		return Owner{}, false
	}
	return Owner{Host: f.Host, Boot: f.Boot, PIDNS: f.PIDNS, PID: f.PID, Start: f.Start, Claim: f.Claim,
		Since: time.UnixMicro(f.Since)}, true
}
