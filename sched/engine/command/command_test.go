package command

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	r := Runner{Env: []string{"A=b", "PATH=/usr/bin:/bin"}, Patience: time.Minute}
	out, errs, err := r.Run(t.Context(), "in", "/bin/sh", "-c", "pwd; echo $A; cat; echo e >&2")
	if out != "/\nb\nin" || errs != "e\n" || err != nil {
		t.Errorf("%q, %q, %v", out, errs, err)
	}
	if out, _, err := r.Run(t.Context(), "", "/bin/sh", "-c", "sleep 100 & echo left"); out != "left\n" || err != nil {
		t.Errorf("a process left behind: %q, %v", out, err)
	}
	var exit *exec.ExitError
	if _, _, err := r.Run(t.Context(), "", "/bin/sh", "-c", "exit 3"); !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("exit 3: %v", err)
	}
	r.Patience = 10 * time.Millisecond
	if _, _, err := r.Run(t.Context(), "", "/bin/sh", "-c", "sleep 100; true"); !errors.Is(err, ErrNoAnswer) || !strings.Contains(err.Error(), "within 10ms") {
		t.Errorf("no answer: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.Patience = time.Minute
	if _, _, err := r.Run(ctx, "", "/bin/sh", "-c", "true"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
