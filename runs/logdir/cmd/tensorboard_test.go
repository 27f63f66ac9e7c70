package cmd

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/runstest"
	"guild/runs/scalars"
)

// TestKeepLogdir: a log directory is kept up to date until it is interrupted.
func TestKeepLogdir(t *testing.T) {
	w := runstest.New(t)
	add := func(prefix string) {
		sw := scalars.NewWriter(w.Get(prefix))
		sw.Scalar("loss", 0.5, 3, w.Base)
		w.OK(sw.Close())
	}
	add("1111")
	dir := filepath.Join(t.TempDir(), "log")
	k := &Tensorboard{Refresh: 0.001, Logdir: dir, Follow: true, NameFlags: "lr,no such", Flags: filter.Flags{NotStaged: true}}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	var out bytes.Buffer
	go func() { ended <- k.Run(ctx, &console.Console{Out: &out, Err: &out}, w.Store) }()
	await := func(what string, names ...string) {
		t.Helper()
		for {
			found, _ := filepath.Glob(filepath.Join(dir, "*", ".guild", "*tfevents*"))
			for i, f := range found {
				found[i] = filepath.Base(filepath.Dir(filepath.Dir(f)))
			}
			if strings.Join(found, ",") == strings.Join(names, ",") {
				return
			}
			if ctx.Err() != nil {
				t.Fatalf("%s: %q, want %q", what, found, names)
			}
			time.Sleep(time.Millisecond)
		}
	}
	const one, two = "11110000 train 2026-01-01 12:00:05 lr=0.1", "22220000 work 2026-01-01 12:00:04"
	await("at first", one)
	add("2222")
	await("a run that has begun to report", one, two)
	w.OK(w.Store.Delete(w.Get("1111"), true))
	await("a run that is gone", two)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) || out.String() != "Prepared "+dir+"\nKeeping it in step with the runs (Ctrl-C to stop)\n" {
		t.Errorf("%v\n%s", err, &out)
	}
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		t.Errorf("it is gone: %v", err)
	}
}
