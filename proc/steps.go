package proc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"guild/opdef"
	"guild/runs"
)

// Steps runs the steps of a run, one after the other, each as a `guild run` of its own. The run's directory gets a link to
// each of them. Where it has one already, the step's run is started again.
type Steps struct {
	Store *runs.Store
	Run   *runs.Run // the run that has steps
	Out   io.Writer
}

// StepFailed is the end of steps of which one has failed, or is not what was expected.
type StepFailed struct {
	Exit   int    // exit status of the run that has steps
	Reason string // empty where the step itself has told it
}

func (e StepFailed) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("a step failed with exit status %d", e.Exit)
	}
	return e.Reason
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
	named := map[string]int{}
	for _, step := range op.Steps {
		step.Args = s.inherit(step.Args)
		args, err := op.StepArgs(step, flags)
		if err != nil {
			return err
		}
		named[step.Name]++
		link := strings.ReplaceAll(step.Name, "/", "_")
		if n := named[step.Name]; n > 1 {
			link = fmt.Sprintf("%s_%d", link, n)
		}
		if err := s.step(ctx, step, args, s.Run.Path(link), rec.ProjectDir); err != nil {
			return err
		}
	}
	return nil
}

// inherit adds the label and the tags that the user gave to the run with steps, where a step has none of its own, and that the
// trials of batches are to be staged.
func (s *Steps) inherit(args []string) []string {
	attr, _ := s.Run.Attr("run_params")
	params, _ := attr.(map[string]any)
	has := func(options ...string) bool {
		return slices.ContainsFunc(args, func(a string) bool { return slices.Contains(options, a) })
	}
	var more []string
	if label, ok := params["label"].(string); ok && !has("-l", "--label") {
		more = append(more, "--label", label)
	}
	if tags, _ := params["tags"].([]any); !has("-t", "--tag") {
		for _, tag := range tags {
			more = append(more, "--tag", fmt.Sprint(tag))
		}
	}
	if params["stage_trials"] == true && !has("--stage-trials") {
		more = append(more, "--stage-trials")
	}
	if params["force_sourcecode"] == true {
		args = append(args[:len(args):len(args)], "--force-sourcecode")
	}
	return append(more, args...)
}

// step runs a step and checks its run.
func (s *Steps) step(ctx context.Context, step opdef.Step, args []string, link, dir string) error {
	id, again, err := s.linked(link)
	if err != nil {
		return err
	}
	verb := "running"
	how := []string{"--keep-batch", "--run-id", id}
	if again {
		verb = "restarting"
		how, args = []string{"--restart"}, append([]string{id}, args[1:]...)
	}
	fmt.Fprintf(s.Out, "INFO: [guild] %s %s: %s\n", verb, step.Name, stepLine(args))
	exe, err := Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, exe, append(append([]string{"-H", s.Store.Home(), "run", "--yes"}, how...), args...)...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = s.Out, s.Out
	if !step.AllRuns {
		cmd.Env = append(os.Environ(), RunsOfVariable+"="+s.Run.Dir)
	}
	cmd.Cancel = func() error { return nil } // it is in this process group and has been told already
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return StepFailed{Exit: max(exit.ExitCode(), 1)}
	}
	if err != nil {
		return fmt.Errorf("start step %s: %w", step.Name, err)
	}
	if target, err := os.Readlink(link); err == nil {
		id = filepath.Base(target) // another one that made it needless
	}
	r, err := s.Store.Get(id)
	if err != nil {
		return fmt.Errorf("check step %s: %w", step.Name, err)
	}
	return s.check(step, r)
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
	target := filepath.Join(s.Store.Root(), id)
	if filepath.Dir(s.Run.Dir) == s.Store.Root() {
		target = filepath.Join("..", id) // a store that is moved keeps its links
	}
	if err := os.Symlink(target, link); err != nil {
		return "", false, fmt.Errorf("link a step: %w", err)
	}
	return id, false, nil
}
