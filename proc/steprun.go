package proc

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

	"guild/opdef"
	"guild/proc/environ"
	"guild/runs"
)

// ExitNotNeeded is the exit status of `guild run --hold` where nothing is left to be started.
const ExitNotNeeded = 3

// hold lets `guild run` make a run, or change it, and leave the start of it to us.
const hold = "--hold"

// start runs a step to its end or, with the option hold, makes it ready to be started.
func (s *Steps) start(ctx context.Context, st *step, options ...string) error {
	id, again, err := s.linked(st.link)
	if err != nil {
		return err
	}
	st.id = id
	verb, args := "running", st.args
	var before time.Time
	if again {
		r := s.run(id)
		before = r.Started()
		verb = "restarting"
		options = append(options, "--restart")
		args = slices.Concat([]string{id}, s.ifNeeded(st, r), args[1:])
	} else {
		options = append(options, "--keep-batch", "--run-id", id)
	}
	s.log("INFO", "%s %s: %s", verb, st.Name, stepLine(args))
	needless, err := s.guildRun(ctx, st, append(options, args...))
	if err != nil {
		return err
	}
	if target, err := os.Readlink(st.link); err == nil {
		st.id = filepath.Base(target) // another one that made it needless
	}
	if again && options[0] != hold {
		needless = s.run(id).Started().Equal(before)
	}
	st.ran = !needless && st.id == id
	return nil
}

func (s *Steps) run(id string) *runs.Run { return runs.At(filepath.Join(s.Store.Root(), id)) }

// guildRun runs `guild run` for a step.
func (s *Steps) guildRun(ctx context.Context, st *step, args []string) (needless bool, err error) {
	exe, err := environ.Executable()
	if err != nil {
		return false, err
	}
	cmd := exec.CommandContext(ctx, exe, append([]string{"-H", s.Store.Home(), "run", "--yes"}, args...)...)
	cmd.Dir = s.dir
	cmd.Stdout, cmd.Stderr = s.Out, s.Out
	if !st.AllRuns {
		cmd.Env = append(os.Environ(), environ.StepsOf+"="+s.Run.Dir)
	}
	cmd.Cancel = func() error { return nil } // it is in this process group and has been told already
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case !errors.As(err, &exit):
		if err != nil {
			err = fmt.Errorf("start step %s: %w", st.Name, err)
		}
		return false, err
	case args[0] == hold && exit.ExitCode() == ExitNotNeeded:
		return true, nil
	}
	return false, StepFailed{Exit: max(exit.ExitCode(), 1)}
}

// ifNeeded is the option by which a run that has completed is not started again in vain, where the user wants that. After a
// step that was run again it is not in vain.
func (s *Steps) ifNeeded(st *step, r *runs.Run) []string {
	if s.params["needed"] != true || slices.Contains(st.args, "--needed") || r.Status() != runs.Completed ||
		slices.ContainsFunc(st.after, func(o *step) bool { return o.ran }) {
		return nil
	}
	return []string{"--needed"}
}

// stepLine is what is run, as people would write it.
func stepLine(args []string) string {
	line := make([]string, len(args))
	for i, a := range args {
		line[i] = a
		if name, text, ok := strings.Cut(a, "="); ok && !strings.HasPrefix(a, "-") {
			v, err := opdef.DecodeValue(text)
			if err != nil {
				v = text
			}
			line[i] = name + "=" + opdef.FormatValue(v)
		}
	}
	return strings.Join(line, " ")
}

// linked returns the id of the run that a link leads to. One that leads nowhere yet gets a new run; again tells that there is
// a run.
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
	if err := linkTo(filepath.Join(s.Store.Root(), id), s.Run, link); err != nil {
		return "", false, fmt.Errorf("link a step: %w", err)
	}
	return id, false, nil
}

// linkTo makes a link to the directory of a run in that of another one; below the same root it is relative, so that a store that is
// moved keeps its links.
func linkTo(target string, in *runs.Run, link string) error {
	if filepath.Dir(in.Dir) == filepath.Dir(target) {
		target = filepath.Join("..", filepath.Base(target))
	}
	return os.Symlink(target, link)
}
