// Package process identifies the processes that use a store, on one host or several: after a reboot, in another container or after reuse,
// the same pid is another process.
package process

import (
	"os"
	"os/user"
	"sync"
)

// Identity identifies a process, even after it has ended.
type Identity struct {
	Host  string // host name, for users
	Boot  string // id of the kernel's boot; after a reboot the same pid is another process
	PIDNS string // pid namespace (Linux) of PID
	PID   int
	Start string // start time of the process, in the system's own unit; it distinguishes processes with the same pid
}

// Self is the identity of this process.
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

// Hostname is this host's name, as recorded in runs.
var Hostname = sync.OnceValue(func() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "localhost"
	}
	return name
})

// Username returns the user of this program, as recorded in runs: the value of USER, or else the system's answer.
func Username() string {
	if name := os.Getenv("USER"); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}
