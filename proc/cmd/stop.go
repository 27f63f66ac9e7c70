package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"guild/proc"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/process"
)

// Stop ends runs, on whatever host they are.
type Stop struct {
	filter.Flags
	Runs    []string `arg:"" optional:"" name:"run" help:"Runs to stop: index, range or id. One that is staged is taken from the schedulers. Default: all that run." complete:"run"`
	Yes     bool     `short:"y" help:"Do not ask before stopping."`
	NoWait  bool     `short:"n" help:"Ask the runs to stop and do not wait for their end."`
	Force   bool     `help:"Kill what has not stopped when the time is out."`
	Timeout float64  `placeholder:"SECONDS" default:"30" help:"How long to wait for the end (${default})."`
}

// Run stops the runs.
func (s *Stop) Run(ctx context.Context, store *catalog.Catalog, con *console.Console) error {
	selected, err := s.selected(store)
	if err != nil {
		return err
	}
	var running []*runs.Run
	var unread []error
	staged := 0 // number of staged runs that are left alone
	for _, r := range selected {
		switch st := r.State(); {
		case st.Status == runs.Running, st.Status == runs.Pending && waitsInEngine(r):
			running = append(running, r)
		case st.Status == runs.Staged && (len(s.Runs) > 0 || s.Staged):
			running = append(running, r)
		case st.Status == runs.Staged:
			staged++
		case st.Err != nil && (len(s.Runs) > 0 || !errors.Is(st.Err, fs.ErrPermission)): // a run of another user, which was not named
			unread = append(unread, st.Err)
		case len(s.Runs) > 0:
			con.Notef("Run %s is not running\n", r.ShortID())
		}
	}
	// Batches first: a batch whose trial is stopped would start the next one.
	slices.SortStableFunc(running, func(a, b *runs.Run) int { return btoi(b.IsBatch()) - btoi(a.IsBatch()) })
	if len(running) == 0 {
		if len(s.Runs)+len(unread) == 0 {
			con.Notef("Nothing to stop.\n")
			if staged > 0 {
				con.Notef("Of these runs %d are staged: add --staged to take them from the schedulers.\n", staged)
			}
		}
		return errors.Join(unread...)
	}
	if !s.Yes {
		con.Printf("You are about to stop %d run(s):\n", len(running))
		for _, r := range running {
			con.Printf("  %s  %s  %s\n", r.ShortID(), r.Opref().OpSpec(), r.Label())
		}
		if ok, err := con.Confirm("Stop them?", false); err != nil || !ok {
			return err
		}
	}
	if err := s.stop(ctx, con, running); err != nil {
		return err
	}
	return errors.Join(unread...)
}

// waitsInEngine reports whether a run waits in the queue of an engine.
func waitsInEngine(r *runs.Run) bool {
	queued, err := r.Queued()
	return err == nil && queued
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (s *Stop) selected(store *catalog.Catalog) ([]*runs.Run, error) {
	f, err := s.Filter()
	if err != nil {
		return nil, err
	}
	return filter.Find(store, f, s.Runs)
}

func (s *Stop) stop(ctx context.Context, con *console.Console, running []*runs.Run) error {
	var asked []*runs.Run
	var owners []runs.Owner
	for _, r := range running {
		waits := r.Status().Waits()
		owner, err := proc.RequestStop(r, false)
		if errors.Is(err, proc.ErrNotRunning) { // it has ended meanwhile
			continue
		}
		if err != nil {
			return err
		}
		if waits && owner.PID == 0 {
			con.Printf("Stopped %s, which had not started\n", r.ShortID())
			continue
		}
		con.Printf("Stopping %s (%s)\n", r.ShortID(), ownerText(owner))
		asked, owners = append(asked, r), append(owners, owner)
	}
	if s.NoWait {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(s.Timeout*float64(time.Second)))
	defer cancel()
	var left []string
	for i, r := range asked {
		err := proc.AwaitEnd(ctx, r)
		if err != nil && s.Force && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = kill(context.WithoutCancel(ctx), r)
		}
		if err != nil && s.Force && !owners[i].SameSystem() {
			if err = r.Abandon(); err == nil {
				con.Notef("Released %s: its owner (%s) does not answer. If the owner is alive after all, it ends the run at its next sign of life.\n",
					r.ShortID(), ownerText(owners[i]))
			}
		}
		if err != nil {
			left = append(left, fmt.Sprintf("%s (%s)", r.ShortID(), ownerText(owners[i])))
		}
	}
	if len(left) > 0 {
		con.Notef("These runs have not stopped yet: %s. Use --force to kill them.\n", strings.Join(left, ", "))
		return console.Exit(1)
	}
	return nil
}

// kill kills a run that has not stopped, and waits up to five seconds for its end.
func kill(ctx context.Context, r *runs.Run) error {
	if _, err := proc.RequestStop(r, true); err != nil {
		if errors.Is(err, proc.ErrNotRunning) {
			return nil
		}
		return err
	}
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return proc.AwaitEnd(ctx, r)
}

func ownerText(o runs.Owner) string {
	switch {
	case o.PID == 0:
		return "owner unknown"
	case o.SameSystem() || o.Host == process.Hostname():
		return "pid " + strconv.Itoa(o.PID)
	}
	return fmt.Sprintf("pid %d on %s", o.PID, o.Host)
}
