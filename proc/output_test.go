package proc

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"guild/runs"
	"guild/runs/phase"
)

// limitFiles limits the size of all files that this process and its children write, which has the effect of a full disk, until lift is
// called.
func limitFiles(t *testing.T, size uint64) (lift func()) {
	t.Helper()
	var was unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	set := func(cur uint64) {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: cur, Max: was.Max}); err != nil {
			t.Error(err)
		}
	}
	set(size)
	lift = func() { set(was.Cur) }
	t.Cleanup(lift)
	return lift
}

// TestFullDisk expects that the operation and the echo go on when the output cannot be recorded, and that an error and the state of the run
// say that the record is incomplete.
func TestFullDisk(t *testing.T) {
	w := newWorker(t, "seq 1 100000")
	var console bytes.Buffer
	w.Echo = &console
	limitFiles(t, 100_000)
	res, err := w.Run(context.Background())
	var incomplete *IncompleteOutput
	if res.Exit != 0 || !errors.As(err, &incomplete) {
		t.Fatalf("exit %d, %v", res.Exit, err)
	}
	if lines := strings.Count(console.String(), "\n"); lines != 100_000 || !strings.HasSuffix(console.String(), "\n100000\n") {
		t.Errorf("the console has got %d lines", lines)
	}
	r := w.Lock.Run()
	if recorded := len(outputOf(t, r)); int64(recorded)+incomplete.Missing != int64(console.Len()) || recorded > 100_000 {
		t.Errorf("%d bytes are recorded, %d are missing of %d", recorded, incomplete.Missing, console.Len())
	}
	if st := r.State(); st.Status != runs.Completed || !strings.Contains(st.Reason, "its recorded output is incomplete") {
		t.Errorf("state %+v", st)
	}
}

// TestFullDiskForAWhile expects that recording goes on when there is space again, with a line about the missing output.
func TestFullDiskForAWhile(t *testing.T) {
	w := newWorker(t, "seq 1 50000; until [ -e go ]; do sleep 0.01; done; sleep 1.1; echo last")
	var console bytes.Buffer
	w.Echo = &console
	r := w.Lock.Run()
	lift := limitFiles(t, 100_000)
	done := make(chan error, 1)
	go func() {
		_, err := w.Run(context.Background())
		done <- err
	}()
	await(t, func() bool { st, err := os.Stat(r.GuildPath("output")); return err == nil && st.Size() == 100_000 })
	lift()
	if err := os.WriteFile(filepath.Join(r.Dir, "go"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	var incomplete *IncompleteOutput
	if err := <-done; !errors.As(err, &incomplete) || incomplete.Loss != phase.LossFull {
		t.Fatalf("%v", err)
	}
	if out := outputOf(t, r); !regexp.MustCompile(`\n\[guild: \d+ bytes of output are missing here\]\nlast\n$`).MatchString(out) {
		t.Errorf("the record ends with %q", out[len(out)-100:])
	}
	if !strings.HasSuffix(console.String(), "\n50000\nlast\n") {
		t.Error("the console has not got all")
	}
}

// TestOutcomeCannotBeRecorded expects that the worker tries to record the outcome until the runs root is back, and warns once.
func TestOutcomeCannotBeRecorded(t *testing.T) {
	w := newWorker(t, "echo ready; until [ -e go ]; do sleep 0.01; done; exit 3")
	said := make(chan string, 9)
	w.Say = func(line string) { said <- line }
	r := w.Lock.Run()
	ended := run(w)
	await(t, func() bool { return ready(r) })
	root := w.Store.Root()
	if err := os.Rename(root, root+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root+".away", r.ID, "go"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if line := <-said; !strings.Contains(line, "exit status 3, which cannot be recorded now") {
		t.Errorf("said %q", line)
	}
	if err := os.Rename(root+".away", root); err != nil {
		t.Fatal(err)
	}
	if res := <-ended; res.Exit != 3 || r.Status() != runs.Error {
		t.Errorf("exit %d, the run is %s", res.Exit, r.Status())
	}
	if o, ok := r.Outcome(); !ok || o.Exit != 3 || len(said) > 0 {
		t.Errorf("outcome %+v, %v; said %d more lines", o, ok, len(said))
	}
}

// TestOutcomeIsGivenUp expects an error if a signal ends the attempts to record the outcome.
func TestOutcomeIsGivenUp(t *testing.T) {
	w := newWorker(t, "echo ready; until [ -e go ]; do sleep 0.01; done")
	signals := make(chan os.Signal, 1)
	w.Signals = signals
	w.Say = func(string) { signals <- syscall.SIGTERM }
	r := w.Lock.Run()
	done := make(chan error, 1)
	go func() {
		_, err := w.Run(context.Background())
		done <- err
	}()
	await(t, func() bool { return ready(r) })
	root := w.Store.Root()
	if err := os.Rename(root, root+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root+".away", r.ID, "go"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err == nil || !strings.Contains(err.Error(), "the outcome, exit status 0, is not recorded") {
		t.Errorf("%v", err)
	}
}

// stuckConsole takes nothing until it is opened.
type stuckConsole struct {
	bytes.Buffer
	open chan struct{}
}

func (c *stuckConsole) Write(p []byte) (int, error) {
	<-c.open
	return c.Buffer.Write(p)
}

// TestEchoOfLostOutput expects that recorded and lost output reaches the console in order.
func TestEchoOfLostOutput(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("one\n--three\nfive\n"); err != nil {
		t.Fatal(err)
	}
	console := stuckConsole{open: make(chan struct{})}
	e := startEcho(f, &console, true, "")
	e.recorded(0, 4)
	e.lost([]byte("tw"))
	e.lost([]byte("o\n"))
	e.recorded(6, 6)
	e.lost([]byte("four\n"))
	e.recorded(12, 2)
	e.recorded(14, 3)
	close(console.open)
	e.finish()
	<-e.done
	if got := console.String(); got != "one\ntwo\nthree\nfour\nfive\n" {
		t.Errorf("%q", got)
	}
}
