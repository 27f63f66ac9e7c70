package mount

import (
	"fmt"
	"time"
)

// Kind of a file system.
type Kind string

// The kinds of file systems.
const (
	Local   Kind = "local"   // of this host only
	NFS     Kind = "nfs"     // any version
	Network Kind = "network" // shared in another way
	Unknown Kind = "unknown" // may be shared
)

// Answer answers a question that may have no certain answer.
type Answer string

// The answers.
const (
	Yes   Answer = "yes"
	No    Answer = "no"
	Maybe Answer = "unknown"
)

// Report describes the file system of a runs root.
type Report struct {
	Dir              string        `json:"dir"`
	Kind             Kind          `json:"kind"`
	Type             string        `json:"type"`    // the system's name for it, such as nfs4
	Options          string        `json:"options"` // mount options, separated by commas; empty if unknown
	LocksAcrossHosts Answer        `json:"locks_across_hosts"`
	LockTime         time.Duration `json:"lock_ns"` // what a lock took; 0 if none was tried
	Slow             bool          `json:"slow"`    // LockTime is so long that users notice
	Problem          string        `json:"problem"` // why scheduling is not safe, and the cure; empty if it is
	Note             string        `json:"note"`    // a remark although it is safe
}

// Err returns nil if it is safe to schedule, and otherwise the reason and what to do.
func (r Report) Err() error {
	if r.Problem == "" {
		return nil
	}
	return fmt.Errorf("the runs root %s is not safe to schedule on: %s", r.Dir, r.Problem)
}
