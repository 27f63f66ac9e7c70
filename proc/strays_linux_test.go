package proc

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"guild/runs"
)

// TestBelongs checks a process again and again while it executes one program after the other.
func TestBelongs(t *testing.T) {
	r := runs.Named("r", t.TempDir())
	script := filepath.Join(r.Dir, "again")
	if err := os.WriteFile(script, []byte("[ $1 = 0 ] || exec sh $0 $(($1 - 1))\nread line\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", script, "300")
	cmd.Env = []string{"RUN_ID=" + r.ID, "RUN_DIR=" + r.Dir}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid, missed := cmd.Process.Pid, 0
	for last := ""; last != "sh "+script+" 0"; last = commandLine(pid) {
		if !belongs(pid, r) {
			missed++
		}
	}
	if missed > 0 {
		t.Errorf("missed %d times", missed)
	}
	stdin.Close()
	_ = cmd.Wait() // at the end of its input
	if belongs(pid, r) {
		t.Error("it has ended, and is found")
	}
}

// TestEndStraysElsewhere starts a run again in a pid name space of its own, as a container of this host has, after its worker here has
// died. It expects that what the worker here has left is killed, and that the new operation lives.
func TestEndStraysElsewhere(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root makes pid name spaces")
	}
	store := runs.Open(t.TempDir())
	d, err := store.Draft("")
	if err != nil {
		t.Fatal(err)
	}
	lock, err := d.CommitOwned(runs.Pending)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	r := lock.Run()
	sleep := func(script string, flags uintptr) *exec.Cmd {
		cmd := exec.Command("sh", "-c", script)
		cmd.Env = append(os.Environ(), "RUN_ID="+r.ID, "RUN_DIR="+r.Dir)
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flags}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
			t.Fatalf("%q, %v", line, err)
		}
		return cmd
	}
	left := sleep("echo ready; exec sleep 100", 0)
	// The operation of the new owner is below the first process of the pid namespace, which acts as its worker.
	again := sleep("sleep 100 & echo ready; wait; exit 3", syscall.CLONE_NEWPID)
	ns, err := os.Readlink("/proc/" + strconv.Itoa(again.Process.Pid) + "/ns/pid")
	if err != nil {
		t.Fatal(err)
	}
	owner := runs.Self()
	owner.PID, owner.PIDNS = 1, ns
	if err := lock.Begin(owner); err != nil {
		t.Fatal(err)
	}
	below := descendants(again.Process.Pid)
	if len(below) != 1 {
		t.Fatalf("below the worker there is %v", below)
	}
	EndStrays(r)
	var exit *exec.ExitError
	if err := left.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("what was left here ended with %v", err)
	}
	for _, pid := range []int{again.Process.Pid, below[0].pid} {
		if !belongs(pid, r) {
			t.Errorf("process %d of the owner elsewhere has ended", pid)
		}
	}
	_ = again.Process.Kill()
	_ = again.Wait() // it was killed
}

func commandLine(pid int) string {
	data, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline")) // empty during execve
	return string(bytes.TrimSpace(bytes.ReplaceAll(data, []byte{0}, []byte(" "))))
}
