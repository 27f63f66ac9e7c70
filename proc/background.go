package proc

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	"guild/runs"
)

// LockFD is the descriptor at which a worker process finds the lock that it inherits.
const LockFD = 3

// WorkerCommand returns the command that runs a worker for an owned run. The child inherits the lock; the caller starts it
// and then closes its own share.
func WorkerCommand(store *runs.Store, l *runs.Lock, claim string) (*exec.Cmd, error) {
	exe, err := Executable()
	if err != nil {
		return nil, err
	}
	args := []string{"sys", "worker", l.Run().Dir}
	if store != nil {
		args = append(args, store.Home(), claim)
	}
	cmd := exec.Command(exe, args...)
	cmd.ExtraFiles = []*os.File{l.File()}
	return cmd, nil
}

// Executable is the path of this program.
func Executable() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find the guild program: %w", err)
	}
	return exe, nil
}

// Background starts a worker for an owned run in a session of its own, detached from this terminal, and writes its pid to
// pidfile.
func Background(store *runs.Store, l *runs.Lock, claim, pidfile string) error {
	cmd, err := WorkerCommand(store, l, claim)
	if err != nil {
		return err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := os.MkdirAll(filepath.Dir(pidfile), 0o777); err != nil {
		return fmt.Errorf("make the directory of the pidfile: %w", err)
	}
	f, err := os.Create(pidfile)
	if err != nil {
		return fmt.Errorf("write the pidfile: %w", err)
	}
	defer f.Close()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start in the background: %w", err)
	}
	if _, err := f.WriteString(strconv.Itoa(cmd.Process.Pid)); err != nil {
		return fmt.Errorf("write the pidfile: %w", err)
	}
	return cmd.Process.Release()
}
