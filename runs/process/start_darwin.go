package process

import (
	"fmt"

	"golang.org/x/sys/unix"
)

func bootID() string {
	id, err := unix.Sysctl("kern.bootsessionuuid")
	if err != nil {
		return ""
	}
	return id
}

func pidNamespace() string { return "" }

// Start returns the start time of a process in microseconds since the epoch.
func Start(pid int) (string, error) {
	p, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil {
		return "", fmt.Errorf("process %d: %w", pid, err)
	}
	t := p.Proc.P_starttime
	return fmt.Sprintf("%d", t.Sec*1_000_000+int64(t.Usec)), nil
}
