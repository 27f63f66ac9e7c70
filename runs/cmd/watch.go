package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/plainfile"
	"guild/runs/series"
	seriescmd "guild/runs/series/cmd"
)

// Watch follows the output of a run until it ends, on whatever host it runs.
type Watch struct {
	filter.Flags
	Spec                  string `arg:"" optional:"" name:"run" help:"Index of the run in the list, the start of its id, or o:OPERATION. Default: the latest that is running." complete:"run"`
	Plot                  bool   `help:"Plot the scalars of the run in place of its output."`
	PID                   string `short:"p" name:"pid" placeholder:"PID" help:"The run whose process on this host has the number PID, or that in the file PID." complete:"file:*"`
	seriescmd.PlotOptions `embed:""`
}

// Polling the file works for every host: a write on another host raises no event here. A look at an idle run costs little, and there are
// fewer looks the longer nothing is new.
const (
	firstPause    = 50 * time.Millisecond
	longestPause  = time.Second
	startPatience = time.Second
)

// Run writes the existing output and then new output. The run continues if Run is interrupted.
func (k *Watch) Run(ctx context.Context, c *console.Console, s *catalog.Catalog) error {
	if err := k.Check(); err != nil {
		return err
	}
	f, err := k.Filter()
	if err != nil {
		return err
	}
	if k.Spec == "" {
		f.And(func(r *runs.View) bool { return r.UnderWay(r.Status()) })
	}
	if k.PID != "" {
		pid, err := processID(k.PID)
		if err != nil {
			return err
		}
		f.And(func(r *runs.View) bool {
			o, ok := r.Owner()
			return ok && o.PID == pid && o.SameSystem()
		})
	}
	r, err := filter.Latest(s, f, k.Spec)
	// A process that has just been started may not own its run yet.
	for left := startPatience; k.PID != "" && errors.Is(err, filter.ErrNoMatch) && left > 0 && ctx.Err() == nil; left -= firstPause {
		time.Sleep(firstPause)
		r, err = filter.Latest(s, f, k.Spec)
	}
	if errors.Is(err, filter.ErrNoMatch) && k.Spec == "" {
		return refuse(c, "nothing to watch", "You can view the output of a specific run using 'guild watch RUN'.")
	}
	if err != nil {
		return err
	}
	if os.Getenv("NO_WATCHING_MSG") != "1" {
		c.Notef("Watching run %s\n", r.ID)
	}
	status, err := k.follow(ctx, c, r)
	if err != nil && ctx.Err() != nil {
		c.Notef("\nStopped watching %s (still %s)\n", r.ID, status)
		return nil
	}
	if err != nil {
		return err
	}
	c.Notef("Run %s stopped with a status of '%s'\n", r.ID, status)
	if reason := r.State().Reason; reason != "" {
		c.Notef("Reason: %s\n", reason)
	}
	return nil
}

// follow shows the output of the run or, if requested, plots of its scalars until it ends, and returns its status then.
func (k *Watch) follow(ctx context.Context, c *console.Console, r *runs.Run) (runs.Status, error) {
	if !k.Plot {
		return follow(ctx, c.Out, r)
	}
	if _, _, ok := c.Terminals(); !ok { // plots cannot be redrawn there, so one plot is drawn at the end
		if status, err := follow(ctx, io.Discard, r); err != nil {
			return status, err
		}
	}
	err := k.Show(ctx, c, []*runs.View{r.AsView()}, nil, func(s series.Series) []series.Point { return s.Points })
	return r.Status(), err
}

// processID returns the number of a process, as it is or in a file.
func processID(text string) (int, error) {
	if pid, err := strconv.Atoi(text); err == nil {
		return pid, nil
	}
	data, err := plainfile.Read(text)
	if err != nil {
		return 0, fmt.Errorf("--pid %s: it is neither a number nor a file with one: %w", text, err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return 0, fmt.Errorf("--pid %s: there is no number in the file", text)
	}
	return pid, nil
}

// follow copies the output of the run to out until the run neither runs nor waits for a scheduler, and returns its status.
func follow(ctx context.Context, out io.Writer, r *runs.Run) (runs.Status, error) {
	var at int64
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		// The status is read first: all output before the end is in the file by then.
		status := r.Status()
		n, err := copyFrom(out, r.GuildPath("output"), at)
		if at += n; err != nil {
			return status, fmt.Errorf("watch run %s: %w", r.ShortID(), err)
		}
		under := status == runs.Staged || r.AsView().UnderWay(status)
		if !under || n == 0 && gone(r) {
			return status, nil
		}
		if n > 0 {
			pause = firstPause
		}
		select {
		case <-ctx.Done():
			return status, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// copyFrom copies what a file has from an offset on. It is opened each time, which makes a client of a file server ask for what
// others have written.
func copyFrom(out io.Writer, path string, offset int64) (int64, error) {
	f, err := plainfile.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil || st.Size() <= offset {
		return 0, err
	}
	return io.Copy(out, io.NewSectionReader(f, offset, st.Size()-offset))
}

// gone reports whether the run was deleted.
func gone(r *runs.Run) bool {
	_, err := os.Stat(r.GuildPath())
	return errors.Is(err, fs.ErrNotExist)
}
