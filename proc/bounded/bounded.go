// Package bounded executes commands that may take a limited time, with everything that they start.
package bounded

import (
	"context"
	"os/exec"
	"syscall"
	"time"
)

// outputDelay is how long the output of a command is awaited from processes that it has left behind.
const outputDelay = time.Second

// Command is exec.CommandContext for a command in a process group of its own. The whole group is killed when ctx ends.
func Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return killGroup(cmd) }
	cmd.WaitDelay = outputDelay
	return cmd
}

// End kills what a command has left behind in its process group. It is called once the command has ended. The system gives the number of
// a group to no other process while the group has members.
func End(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = killGroup(cmd) // which is empty, most times
	}
}

func killGroup(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
