package proc

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	"guild/proc/environ"
	"guild/runs"
)

// LockFD is the file descriptor of the lock that a worker process inherits.
const LockFD = 3

// WorkerEnv returns the variables that Background passed to this worker process for the environment of its operation.
func WorkerEnv() map[string]string {
	if gpus, ok := os.LookupEnv(environ.WorkerGPUs); ok {
		return map[string]string{environ.GPUs: gpus}
	}
	return nil
}

// Background starts a worker for an owned run in a session of its own, detached from this terminal, and writes its pid to
// pidfile. Of env, CUDA_VISIBLE_DEVICES is added to the environment of the operation.
func Background(store *runs.Store, l *runs.Lock, claim, pidfile string, env map[string]string) error {
	exe, err := environ.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(exe, "sys", "worker", l.Run().Dir, store.Home(), claim)
	cmd.ExtraFiles = []*os.File{l.File()}
	cmd.Env = environ.OuterList()
	if gpus, ok := env[environ.GPUs]; ok {
		cmd.Env = append(cmd.Env, environ.WorkerGPUs+"="+gpus)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := store.MakeDir(filepath.Dir(pidfile)); err != nil {
		return fmt.Errorf("make the directory of the pidfile: %w", err)
	}
	f, err := os.Create(pidfile)
	if err != nil {
		return fmt.Errorf("write the pidfile: %w", err)
	}
	defer f.Close()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start in the background: %w", Scarce(err))
	}
	if _, err := f.WriteString(strconv.Itoa(cmd.Process.Pid)); err != nil {
		return fmt.Errorf("write the pidfile: %w", err)
	}
	return cmd.Process.Release()
}
