package proc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"guild/opdef"
	"guild/opdef/resolve"
	"guild/proc/invocation"
	"guild/proc/recipe"
	"guild/proc/required"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/plainfile"
	"guild/runs/words"
)

// errStopped is the error of a preparation that was asked to stop.
var errStopped = errors.New("stopped")

// resolve puts the files that the run requires into its directory and records them. The error is errStopped if it was asked to stop.
func (w *Worker) resolve(ctx context.Context, rec *recipe.Recipe, vals opdef.Values) error {
	if len(rec.Requires) == 0 {
		return nil
	}
	run := w.Lock.Run()
	attr, err := run.ReadAttr("deps")
	if err != nil {
		return err
	}
	done, _ := attr.(map[string]any)
	if done == nil {
		done = map[string]any{}
	}
	finder := &required.Finder{Within: rec.RunsOf, Self: run.ID}
	if w.Store != nil {
		finder.Store = catalog.New(w.Store, nil)
	}
	r := &resolve.Resolver{
		RunDir: run.Dir, Project: rec.ProjectDir, CmdDir: rec.CmdDir, Values: vals, Flags: rec.Command.Flags, Force: rec.ForceDeps,
		Cache: w.cacheDir(),
		FindRun: func(operations []string, spec string) (resolve.Run, error) {
			found, err := finder.Find(operations, spec)
			if err != nil {
				return resolve.Run{}, err
			}
			return resolvedRun(found), nil
		},
		FindAll: func(operations []string) ([]resolve.Run, error) {
			found, err := finder.All(operations)
			list := make([]resolve.Run, len(found))
			for i, r := range found {
				list[i] = resolvedRun(r)
			}
			return list, err
		},
		Import: func(ctx context.Context, module string) error { return invocation.ImportModule(ctx, rec, run, module) },
		Say:    w.say,
		Debug:  w.Debug,
	}
	ctx, end := w.untilStopped(ctx)
	entries, err := r.Resolve(ctx, rec.Requires, done)
	if end() {
		err = errStopped
	}
	return errors.Join(err, run.SetAttr("deps", done), addToManifest(run, entries))
}

// resolvedRun returns a run in the form that the resolver needs.
func resolvedRun(r *runs.Run) resolve.Run {
	return resolve.Run{ID: r.ID, Dir: r.Dir, Generated: func() ([]string, error) { return required.Generated(r) }}
}

// say reports what the worker does, for users.
func (w *Worker) say(line string) {
	if w.Say != nil {
		w.Say(line)
	}
}

// cacheDir returns the cache directory of the store, or of the default store if the worker has none.
func (w *Worker) cacheDir() string {
	if w.Store == nil {
		return runs.Open("").CacheDir()
	}
	return w.Store.CacheDir()
}

// untilStopped returns a context that is cancelled when the run is asked to stop or taken over by another owner; while no operation runs,
// nobody else checks for that. The caller must call end, which waits for the check to end and reports whether the context was cancelled.
func (w *Worker) untilStopped(ctx context.Context) (_ context.Context, end func() (stopped bool)) {
	ctx, cancel := context.WithCancel(ctx)
	over := make(chan struct{})
	stopped := false
	var wg sync.WaitGroup
	wg.Go(func() {
		poll := time.NewTicker(stopPoll)
		defer poll.Stop()
		heart := time.NewTicker(heartbeat)
		defer heart.Stop()
		for !stopped {
			select {
			case <-over:
				return
			case sig := <-w.Signals:
				_, asked := w.Lock.Run().StopRequested()
				stopped = AsksToEnd(sig) || asked
			case <-poll.C:
				_, stopped = w.Lock.Run().StopRequested()
			case <-heart.C:
				stopped = errors.Is(w.Lock.Touch(), runs.ErrBusy)
			}
		}
		cancel()
	})
	return ctx, func() bool {
		close(over)
		wg.Wait()
		cancel()
		return stopped
	}
}

// addToManifest adds a line for each resolved file to the manifest, and removes older lines for the same paths.
func addToManifest(r *runs.Run, entries []resolve.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	old, err := plainfile.Read(r.GuildPath("manifest"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write manifest: %w", err)
	}
	anew := map[string]bool{}
	for _, e := range entries {
		anew[e.Path] = true
	}
	var b bytes.Buffer
	for line := range strings.Lines(string(old)) {
		if parts, err := words.Split(line); err == nil && len(parts) > 1 && anew[parts[1]] {
			continue
		}
		b.WriteString(line)
	}
	for _, e := range entries {
		b.WriteString(words.Join(append([]string{runs.DepEntry, e.Path, e.SHA1}, e.Source...)) + "\n")
	}
	if err := r.ReplaceFile("manifest", b.Bytes()); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	return nil
}
