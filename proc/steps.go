package proc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"guild/opdef"
	"guild/runs"
	"guild/runs/words"
)

// Steps runs the steps of a run, one after the other, each as a `guild run` of its own. The run's directory gets a link to
// each of them.
type Steps struct {
	Store *runs.Store
	Run   *runs.Run // the run that has steps
	Out   io.Writer
}

// Do runs the steps and stops at the first one that fails.
func (s *Steps) Do(ctx context.Context) error {
	rec, err := readRecipe(s.Run)
	if err != nil {
		return err
	}
	project, err := opdef.LoadProject(rec.ProjectDir)
	if err != nil {
		return err
	}
	op, err := project.Find(s.Run.Opref().OpSpec())
	if err != nil {
		return err
	}
	flags, err := s.Run.ReadFlags()
	if err != nil {
		return err
	}
	for _, step := range op.Steps {
		args, err := op.StepArgs(step, flags)
		if err != nil {
			return err
		}
		if err := s.step(ctx, step, args, rec.ProjectDir); err != nil {
			return err
		}
	}
	return nil
}

func (s *Steps) step(ctx context.Context, step opdef.Step, args []string, dir string) error {
	fmt.Fprintf(s.Out, "INFO: [guild] running %s: %s\n", step.Name, words.Join(args))
	exe, err := Executable()
	if err != nil {
		return err
	}
	id := runs.NewID()
	if err := os.Symlink(s.Store.Root()+"/"+id, s.Run.Path(s.linkName(step.Name))); err != nil {
		return fmt.Errorf("link step %s: %w", step.Name, err)
	}
	cmd := exec.CommandContext(ctx, exe, append([]string{"-H", s.Store.Home(), "run", "--yes", "--run-id", id}, args...)...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = s.Out, s.Out
	cmd.Cancel = func() error { return nil } // it is in this process group and has been told already
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("step %s failed (exit status %d); see 'guild runs info %s'", step.Name, exit.ExitCode(), id[:8])
	}
	if err != nil {
		return fmt.Errorf("start step %s: %w", step.Name, err)
	}
	return nil
}

// linkName is the step's name, with a number where an earlier step has the same.
func (s *Steps) linkName(name string) string {
	name = strings.ReplaceAll(name, "/", "_")
	for n := 1; ; n++ {
		link := name
		if n > 1 {
			link = fmt.Sprintf("%s_%d", name, n)
		}
		if _, err := os.Lstat(s.Run.Path(link)); err != nil {
			return link
		}
	}
}
