package proc

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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

func commandLine(pid int) string {
	data, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline")) // empty during execve
	return string(bytes.TrimSpace(bytes.ReplaceAll(data, []byte{0}, []byte(" "))))
}
