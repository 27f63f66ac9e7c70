package proc

import (
	"os"
	"syscall"
	"testing"
	"time"
)

// TestWarning passes SIGUSR2 on to the operation's own process, and stops nothing.
func TestWarning(t *testing.T) {
	w := newWorker(t, `sleep 100 & child=$!; trap "kill -0 $child && kill $child && exit 7" USR2; echo ready; while :; do sleep 0.01; done`)
	signals := make(chan os.Signal, 1)
	w.Signals = signals
	result := run(w)
	await(t, func() bool { return ready(w.Lock.Run()) })
	signals <- syscall.SIGUSR2
	if res := <-result; res.Exit != 7 || res.Stopped {
		t.Errorf("%+v, want the exit status that follows the warning", res)
	}
}

func TestEnvGrace(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": DefaultGrace, "x": DefaultGrace, "0": DefaultGrace, "-1": DefaultGrace, "NaN": DefaultGrace, "1e9": DefaultGrace,
		"1": time.Second, "2.5": 2500 * time.Millisecond,
	} {
		t.Setenv(graceVariable, text)
		if got := EnvGrace(); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
