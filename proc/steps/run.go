package steps

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"guild/opdef/flagvalue"
	"guild/proc"
	"guild/proc/environ"
	"guild/proc/links"
	"guild/runs"
)

// ExitNotNeeded is the exit status of `guild run --hold` if the run need not be started.
const ExitNotNeeded = 3

// hold is the option by which `guild run` makes or changes a run and leaves its start to the caller.
const hold = "--hold"

// start runs a step to its end or, with the option hold, prepares its run to be started.
func (s *Steps) start(ctx context.Context, st *step, options ...string) error {
	id, again, err := s.linked(st.link)
	if err != nil {
		return err
	}
	st.id = id
	verb, args, line := "running", st.args, st.args
	var before time.Time
	switch {
	case again:
		r := s.run(id)
		before = r.Started()
		verb = "restarting"
		options = append(options, "--restart")
		args = slices.Concat([]string{id}, s.ifNeeded(st, r), args[1:])
		line = args
	case st.isFrozen():
		if err := s.thaw(st, id); err != nil {
			return fmt.Errorf("start step %s: %w", st.Name, err)
		}
		options = append(options, "--thawed", "--keep-batch", "--restart")
		args = append([]string{id}, st.changes()...)
	default:
		options = append(options, "--keep-batch", "--run-id", id)
	}
	s.log("INFO", "%s %s: %s", verb, st.Name, stepLine(line))
	notNeeded, err := s.guildRun(ctx, st, append(options, args...))
	s.dropFrozen(st)
	if err != nil {
		return err
	}
	if target, err := os.Readlink(st.link); err == nil {
		st.id = filepath.Base(target) // `guild run --needed` has redirected it to another run
	}
	if again && options[0] != hold {
		notNeeded = s.run(id).Started().Equal(before)
	}
	st.ran = !notNeeded && st.id == id
	return nil
}

// run returns the run with an id, which need not exist.
func (s *Steps) run(id string) *runs.Run { return runs.At(filepath.Join(s.Store.Root(), id)) }

// guildRun runs `guild run` for a step. notNeeded reports that it left nothing to start.
func (s *Steps) guildRun(ctx context.Context, st *step, args []string) (notNeeded bool, err error) {
	env := os.Environ()
	if !st.AllRuns {
		env = append(env, environ.StepsOf+"="+s.Run.Dir)
	}
	err = s.execute(ctx, st, args, env)
	var failed Failed
	if errors.As(err, &failed) && args[0] == hold && failed.Exit == ExitNotNeeded {
		return true, nil
	}
	return false, err
}

// execute runs `guild run` for a step, in an environment. The error is of type Failed if it has failed.
func (s *Steps) execute(ctx context.Context, st *step, args, env []string) error {
	exe, err := environ.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, exe, append([]string{"-H", s.Store.Home(), "run", "--yes"}, args...)...)
	cmd.Dir, cmd.Env = s.dir, slices.Concat(env, []string{environ.Step + "=1"})
	cmd.Stdout, cmd.Stderr = s.Out, s.Out
	cmd.Cancel = func() error { return nil } // it is in this process group, and has received the signal too
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return Failed{Exit: proc.ExitCode(proc.ExitStatus(exit.ProcessState))} // Ctrl-C may have ended it before it handled signals
	case err != nil:
		return fmt.Errorf("start step %s: %w", st.Name, err)
	}
	return nil
}

// ifNeeded returns the option --needed for a step whose run has completed, if the user gave it to the run with steps. A step after one that
// was run again is always needed.
func (s *Steps) ifNeeded(st *step, r *runs.Run) []string {
	if s.params["needed"] != true || slices.Contains(st.args, "--needed") || r.Status() != runs.Completed ||
		slices.ContainsFunc(st.after, func(o *step) bool { return o.ran }) {
		return nil
	}
	return []string{"--needed"}
}

// stepLine formats the arguments of a step for the log.
func stepLine(args []string) string {
	line := make([]string, len(args))
	for i, a := range args {
		line[i] = a
		if name, text, ok := strings.Cut(a, "="); ok && !strings.HasPrefix(a, "-") {
			v, err := flagvalue.Decode(text)
			if err != nil {
				v = text
			}
			line[i] = name + "=" + flagvalue.Format(v)
		}
	}
	return strings.Join(line, " ")
}

// linked returns the id of the run that a link leads to, and whether that run exists. If it does not, linked makes the link lead to a new
// id.
func (s *Steps) linked(link string) (id string, again bool, err error) {
	info, err := os.Lstat(link)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", false, fmt.Errorf("link a step: %w", err)
	case info.Mode()&fs.ModeSymlink == 0:
		return "", false, fmt.Errorf("unexpected step run link %s: expected symlink", link)
	default:
		target, err := os.Readlink(link)
		if err == nil {
			if r, err := s.Store.Get(filepath.Base(target)); err == nil {
				return r.ID, true, nil
			}
		}
		if err := os.Remove(link); err != nil {
			return "", false, fmt.Errorf("link a step: %w", err)
		}
	}
	id = runs.NewID()
	if err := links.Make(filepath.Join(s.Store.Root(), id), s.Run, link); err != nil {
		return "", false, fmt.Errorf("link a step: %w", err)
	}
	return id, false, nil
}
