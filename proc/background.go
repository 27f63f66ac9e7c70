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

// GPUsVariable says which GPUs a process sees.
const GPUsVariable = "CUDA_VISIBLE_DEVICES"

// workerGPUs is the variable by which a worker in the background is told the GPUs of its run.
const workerGPUs = "GUILD_WORKER_GPUS"

// JobOutputVariable tells the worker of an engine's job where Slurm or the like writes what the job prints outside of its run.
const JobOutputVariable = "GUILD_JOB_OUTPUT"

// WorkerEnv is what a worker process adds to its operation's environment, as Background was told.
func WorkerEnv() map[string]string {
	if gpus, ok := os.LookupEnv(workerGPUs); ok {
		return map[string]string{GPUsVariable: gpus}
	}
	return nil
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
// pidfile. env is added to the operation's environment.
func Background(store *runs.Store, l *runs.Lock, claim, pidfile string, env map[string]string) error {
	exe, err := Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(exe, "sys", "worker", l.Run().Dir, store.Home(), claim)
	cmd.ExtraFiles = []*os.File{l.File()}
	cmd.Env = OuterEnv()
	if gpus, ok := env[GPUsVariable]; ok {
		cmd.Env = append(cmd.Env, workerGPUs+"="+gpus)
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
		return fmt.Errorf("start in the background: %w", scarce(err))
	}
	if _, err := f.WriteString(strconv.Itoa(cmd.Process.Pid)); err != nil {
		return fmt.Errorf("write the pidfile: %w", err)
	}
	return cmd.Process.Release()
}
