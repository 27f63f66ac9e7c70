package trials

import (
	"os"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestWatchStop passes signals on, and stops the batch at one that asks it to end. Its goroutine ends although the signals go on.
func TestWatchStop(t *testing.T) {
	signals := make(chan os.Signal, 4)
	b := &Batch{Signals: signals}
	q := &queue{batch: b}
	passed, release := b.watchStop(q)
	signals <- syscall.SIGUSR1
	if got := <-passed; got != syscall.SIGUSR1 || q.isStopped() {
		t.Errorf("signal %v, stopped: %v", got, q.isStopped())
	}
	signals <- syscall.SIGTERM
	if got := <-passed; got != syscall.SIGTERM || !q.isStopped() {
		t.Errorf("signal %v, stopped: %v", got, q.isStopped())
	}
	release()
}
