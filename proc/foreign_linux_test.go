package proc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"guild/runs"
	"guild/runs/process"
)

// foreignRun makes a run as Guild AI does. Its operation is a shell script that prints "ready".
func foreignRun(t *testing.T, script string) (*runs.Run, *exec.Cmd) {
	t.Helper()
	r := runs.Named("aaaa", t.TempDir())
	cmd := exec.Command("sh", "-c", script)
	cmd.Env = append(os.Environ(), "RUN_ID="+r.ID, "RUN_DIR="+r.Dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if err := os.MkdirAll(r.GuildPath("attrs"), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"LOCK": fmt.Sprint(cmd.Process.Pid), "attrs/host": process.Hostname(), "attrs/id": r.ID} {
		if err := os.WriteFile(r.GuildPath(strings.Split(name, "/")...), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return r, cmd
}

// TestStopForeign stops runs of Guild AI, which read no file with requests to stop.
func TestStopForeign(t *testing.T) {
	for _, tt := range []struct {
		script string
		force  bool
		want   syscall.Signal
	}{
		{"echo ready; exec sleep 100", false, syscall.SIGTERM},
		{"sleep 100 & echo ready; wait", false, syscall.SIGTERM},
		{"trap '' TERM; echo ready; while :; do sleep 100; done", true, syscall.SIGKILL},
	} {
		r, cmd := foreignRun(t, tt.script)
		if got := r.State(); got.Status != runs.Running || !got.Foreign {
			t.Fatalf("%+v", got)
		}
		below := descendants(cmd.Process.Pid)
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		owner, err := RequestStop(r, tt.force)
		if err != nil || owner.PID != cmd.Process.Pid {
			t.Errorf("%s: %+v, %v", tt.script, owner, err)
		}
		var exit *exec.ExitError
		if err := <-done; !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != tt.want {
			t.Errorf("%s: ended with %v, want %v", tt.script, err, tt.want)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		if err := AwaitEnd(ctx, r); err != nil {
			t.Errorf("%s: %v", tt.script, err)
		}
		for _, p := range below {
			for ctx.Err() == nil && belongs(p.pid, p.run) {
				time.Sleep(time.Millisecond)
			}
		}
		if ctx.Err() != nil {
			t.Errorf("%s: what it started lives", tt.script)
		}
		cancel()
		if _, err := os.Stat(r.GuildPath("stop")); err == nil {
			t.Errorf("%s: there is a request, which nobody takes away", tt.script)
		}
	}
}

// TestStopForeignOther expects an error, and no signal, if the pid is not that of a process of the run or the run is on another host.
func TestStopForeignOther(t *testing.T) {
	r, cmd := foreignRun(t, "echo ready; exec sleep 100")
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	if err := os.WriteFile(r.GuildPath("LOCK"), fmt.Append(nil, os.Getpid()), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := RequestStop(r, true); err == nil || !strings.Contains(err.Error(), "is not of that run") {
		t.Errorf("error is %v", err)
	}
	if err := os.Rename(r.GuildPath("LOCK"), r.GuildPath("LOCK.remote")); err != nil {
		t.Fatal(err)
	}
	if _, err := RequestStop(r, true); err == nil || !strings.Contains(err.Error(), "only Guild AI can stop it") {
		t.Errorf("error is %v", err)
	}
}
