package mount

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestMain makes this program the command that tries a lock, like the real program.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "probe-locks" {
		if err := json.NewEncoder(os.Stdout).Encode(Probe(os.Args[2])); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func on(fsType string, options ...string) func(string) (mounted, error) {
	return func(string) (mounted, error) { return mounted{fsType: fsType, options: options}, nil }
}

func TestCheckHere(t *testing.T) {
	dir := t.TempDir()
	r, err := Check(t.Context(), dir, []string{os.Args[0], "probe-locks"})
	if err != nil {
		t.Fatal(err)
	}
	if r.Err() != nil || r.Dir != dir || r.Type == "" {
		t.Errorf("report %+v", r)
	}
}

func TestCheckTriesLock(t *testing.T) {
	dir := t.TempDir()
	r, err := check(t.Context(), dir, []string{os.Args[0], "probe-locks"}, on("nfs4", "vers=4.2", "local_lock=none"))
	if err != nil {
		t.Fatal(err)
	}
	if r.Err() != nil || r.LocksAcrossHosts != Yes || r.LockTime <= 0 {
		t.Errorf("report %+v", r)
	}
	if _, err := os.Stat(filepath.Join(dir, probeFile)); err != nil {
		t.Errorf("the file that others may lock has been removed: %v", err)
	}
}

// TestCheckLocal needs no child process: the command does not exist.
func TestCheckLocal(t *testing.T) {
	if r, err := check(t.Context(), t.TempDir(), []string{"/nonexistent"}, on("ext4", "rw")); err != nil || r.Err() != nil {
		t.Errorf("report %+v, %v", r, err)
	}
}

func TestCheckResults(t *testing.T) {
	tests := []struct {
		name, fsType, says string
		locks              Answer
		problem            string
	}{
		{"served", "nfs4", `{"outcome": "served", "took_ns": 1000}`, Yes, ""},
		{"no locks on nfs", "nfs4", `{"outcome": "unsupported", "error": "flock: no locks available"}`, No, "(flock: no locks available); mount it with vers=4.1"},
		{"no locks on lustre", "lustre", `{"outcome": "unsupported", "error": "flock: function not implemented"}`, No, "mount it with flock"},
		{"no locks elsewhere", "fuse.thing", `{"outcome": "unsupported", "error": "flock: operation not supported"}`, No, "on a local disk"},
		{"locks for all", "9p", `{"outcome": "ineffective"}`, No, "two at the same time"},
		{"not writable", "nfs4", `{"outcome": "failed", "error": "open .probe: permission denied"}`, Yes, "permission denied"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := check(t.Context(), "/root", []string{"sh", "-c", "echo '" + tt.says + "'"}, on(tt.fsType, "rw"))
			if err != nil {
				t.Fatal(err)
			}
			if r.LocksAcrossHosts != tt.locks || (r.Problem == "") != (tt.problem == "") || !strings.Contains(r.Problem, tt.problem) {
				t.Errorf("report %+v, want locks %s, problem %q", r, tt.locks, tt.problem)
			}
			if r.Problem != "" && !strings.Contains(r.Err().Error(), "/root is not safe to schedule on: "+r.Problem) {
				t.Errorf("error %v", r.Err())
			}
		})
	}
}

func TestCheckSlow(t *testing.T) {
	r, err := check(t.Context(), "/root", []string{"sh", "-c", `echo '{"outcome": "served", "took_ns": 1500000000}'`}, on("nfs4", "rw"))
	if err != nil || !r.Slow || r.Err() != nil || r.LockTime != 1500*time.Millisecond {
		t.Errorf("report %+v, %v", r, err)
	}
}

func TestCheckHangs(t *testing.T) {
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	tests := []struct {
		name     string
		probe    string
		identify func(string) (mounted, error)
	}{
		{"lock", "exec sleep 3600", on("nfs4", "rw")},
		{"mount", "exit 1", func(string) (mounted, error) { <-hang; return mounted{}, nil }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			r, err := check(ctx, "/root", []string{"sh", "-c", tt.probe}, tt.identify)
			if err != nil || !strings.Contains(r.Problem, "no answer within") || r.Err() == nil {
				t.Errorf("report %+v, %v", r, err)
			}
		})
	}
}

func TestCheckErrors(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name  string
		ctx   context.Context
		probe []string
		want  string
	}{
		{"no program", t.Context(), []string{"/nonexistent"}, "no such file"},
		{"fails", t.Context(), []string{"sh", "-c", "echo why >&2; exit 3"}, "exit status 3: why"},
		{"says nothing", t.Context(), []string{"true"}, "try a lock"},
		{"cancelled", cancelled, []string{"sleep", "3600"}, "context canceled"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := check(tt.ctx, "/root", tt.probe, on("nfs4", "rw"))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := Check(t.Context(), filepath.Join(t.TempDir(), "absent"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent directory: %v", err)
	}
}

func TestProbe(t *testing.T) {
	dir := t.TempDir()
	if r := Probe(dir); r.Outcome != Served || r.Error != "" {
		t.Errorf("first: %+v", r)
	}
	// Another process tries at the same moment: its lock is the proof that locks work.
	f, err := os.OpenFile(filepath.Join(dir, probeFile), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if r := Probe(dir); r.Outcome != Served {
		t.Errorf("while another one tries: %+v", r)
	}
	if r := Probe(filepath.Join(dir, "absent")); r.Outcome != Failed || !strings.Contains(r.Error, "no such file") {
		t.Errorf("absent directory: %+v", r)
	}
}

func TestOutcomeOf(t *testing.T) {
	for err, want := range map[error]Outcome{
		unix.ENOLCK: Unsupported, unix.ENOSYS: Unsupported, unix.EOPNOTSUPP: Unsupported, unix.EINVAL: Unsupported,
		unix.EIO: Failed, unix.ESTALE: Failed,
	} {
		if got := outcomeOf(os.NewSyscallError("flock", err)); got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}
