// Package bounded executes commands with a time limit, and ends every process that they start.
package bounded

import (
	"context"
	"os/exec"
	"syscall"
	"time"
)

// outputDelay is how long processes that a command leaves behind may go on writing to its output.
const outputDelay = time.Second

// Command is exec.CommandContext for a command in a process group of its own. The whole group is killed when ctx ends.
func Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return killGroup(cmd) }
	cmd.WaitDelay = outputDelay
	return cmd
}

// End kills the processes that an ended command has left in its process group. As long as the group has members, its number is not reused.
func End(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = killGroup(cmd) // usually the group is empty
	}
}

func killGroup(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
