package usage

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// TestTree measures a shell with a child, which both wait for the end of their input.
func TestTree(t *testing.T) {
	cmd := exec.Command("sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; (echo ready; read x) ; true")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
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
	if pids := descendants(cmd.Process.Pid); len(pids) != 2 || pids[0] != cmd.Process.Pid {
		t.Errorf("the tree is %v", pids)
	}
	measure := measureTree(cmd.Process.Pid)
	got, ok := measure()
	if !ok || got.Memory < 100<<10 || got.Source == treeSource && got.CPU <= 0 {
		t.Errorf("%+v, %v", got, ok)
	}
	if _, err := io.WriteString(in, "x\n"); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if got, ok := measure(); ok {
		t.Errorf("after its end: %+v", got)
	}
	if peak := Of(cmd.ProcessState); peak.Memory < 100<<10 || peak.CPU <= 0 {
		t.Errorf("%+v", peak)
	}
}

func TestCgroupOf(t *testing.T) {
	for content, want := range map[string]string{
		"0::/user.slice/run-1.scope\n":       "/sys/fs/cgroup/user.slice/run-1.scope",
		"1:name=systemd:/a\n0::/b\n":         "/sys/fs/cgroup/b",
		"0::/../../outside\n":                "",
		"4:memory:/only/the/first/version\n": "",
		"":                                   "",
	} {
		file := filepath.Join(t.TempDir(), "cgroup")
		if err := os.WriteFile(file, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		if got, ok := cgroupOf(file); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", content, got, ok)
		}
	}
}

func TestOnlyHas(t *testing.T) {
	own := strconv.Itoa(os.Getpid())
	for content, want := range map[string]bool{"7\n8\n": true, "8\n7\n" + own + "\n": true, "7\n": false, "7\n8\n9\n": false, "": false} {
		file := filepath.Join(t.TempDir(), "cgroup.procs")
		if err := os.WriteFile(file, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		if got := onlyHas(file, []int{7, 8}); got != want {
			t.Errorf("%q: %v", content, got)
		}
	}
}

// BenchmarkTree measures the CPU time of one sample; there are four per minute.
func BenchmarkTree(b *testing.B) {
	measure := measureTree(os.Getpid())
	for b.Loop() {
		measure()
	}
	b.ReportMetric(100*b.Elapsed().Seconds()/float64(b.N)/Interval.Seconds(), "%CPU")
}
