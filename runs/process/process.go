// Package process tells processes apart that use one store, on one host and on several: the same pid after a reboot, in another
// container or after it was used again is another process.
package process

import (
	"os"
	"os/user"
	"sync"
)

// Identity is that of a process. It stays true when the process is gone.
type Identity struct {
	Host  string // host name, for people
	Boot  string // id of the kernel's boot; the same pid after a reboot is somebody else
	PIDNS string // pid name space (Linux), in which PID counts
	PID   int
	Start string // start time of the process, in the system's own unit; a reused pid has another
}

// Self is this process.
var Self = sync.OnceValue(func() Identity {
	start, _ := Start(os.Getpid())
	return Identity{Host: Hostname(), Boot: bootID(), PIDNS: pidNamespace(), PID: os.Getpid(), Start: start}
})

// SameSystem reports whether the pid counts in this process's kernel and name space.
func (p Identity) SameSystem() bool {
	me := Self()
	return p.PID > 0 && p.Boot != "" && p.Boot == me.Boot && p.PIDNS == me.PIDNS
}

// Alive reports whether the very process exists on this system. It is false for processes of other systems, of which a pid says
// nothing.
func (p Identity) Alive() bool {
	if !p.SameSystem() || p.Start == "" {
		return false
	}
	start, err := Start(p.PID)
	return err == nil && start == p.Start
}

// Hostname is this host's name, as it is recorded in runs.
var Hostname = sync.OnceValue(func() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "localhost"
	}
	return name
})

// Username is who uses this program, as it is recorded in runs: what USER says, or else the system.
func Username() string {
	if name := os.Getenv("USER"); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}
