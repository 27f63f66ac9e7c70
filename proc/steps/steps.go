// Package steps runs the steps of a run, each as a `guild run` of its own. It is the operation of a run that has steps.
package steps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"guild/opdef"
	"guild/opdef/project"
	"guild/opdef/steps"
	"guild/proc"
	"guild/proc/pool"
	"guild/proc/recipe"
	"guild/runs"
)

// Steps runs the steps of a run, one after the other or several at a time. It makes a link to the run of each step in the directory of the
// run that has steps. A step whose link exists already is started again in the same run.
type Steps struct {
	Store *runs.Store
	Run   *runs.Run // the run that has steps
	Out   io.Writer // receives the log and the output of the steps

	operation string         // full name of the operation with steps
	dir       string         // working directory of the steps: the project, if it is there
	params    map[string]any // options of the `guild run` that made Run
	steps     []*step
}

// step is one step and the state of its run.
type step struct {
	steps.Step
	own   []string // options of the definition; those that the step inherits are in Args too
	args  []string // arguments of `guild run`
	link  string   // path of the link to its run
	after []*step  // earlier steps that must have ended before this one is started

	frozen   string   // directory of the run that was made when the run with steps was staged; empty: none
	madeWith []string // arguments of `guild run` with which it was made

	id    string // id of its run; empty before it is started
	ran   bool   // its run was started, and not skipped as unnecessary
	ended bool
}

// Failed is the error of a step that has failed or whose run did not pass its checks.
type Failed struct {
	Exit   int    // exit status for the run that has steps
	Reason string // empty if the step has printed it already
}

func (e Failed) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("a step failed with exit status %d", e.Exit)
	}
	return e.Reason
}

// Do runs the steps until ctx ends. When one fails, no more are started. If a signal has ended ctx, the error says so: what the steps end
// with depends on how far each was when it received the signal.
func (s *Steps) Do(ctx context.Context) error {
	err := s.do(ctx)
	var failed Failed
	if errors.As(err, &failed) && ctx.Err() != nil {
		return stopped(ctx)
	}
	return err
}

// stopped returns the error of a run with steps that was asked to stop.
func stopped(ctx context.Context) error { return Failed{Exit: proc.ExitCode(-int(proc.EndedBy(ctx)))} }

func (s *Steps) do(ctx context.Context) error {
	if err := s.open(); err != nil {
		return err
	}
	if n, _ := s.params["workers"].(int); n > 1 {
		return pool.Run(ctx, s.Store, &parallelSteps{Steps: s, ctx: ctx}, n)
	}
	for _, st := range s.steps {
		if err := s.start(ctx, st); err != nil {
			return err
		}
		if err := s.check(st); err != nil {
			return err
		}
	}
	return nil
}

func (s *Steps) log(level, format string, args ...any) { proc.Log(s.Out, level, format, args...) }

// open reads the steps, with their arguments and the order that they must keep: from the plan that was made when the run was staged, else
// from the project.
func (s *Steps) open() error {
	flags, err := s.Run.ReadFlags()
	if err != nil {
		return err
	}
	if err := s.readParams(); err != nil {
		return err
	}
	p, err := s.takePlan()
	if err != nil {
		return err
	}
	if p == nil {
		return s.define(flags)
	}
	if s.dir, err = workingDir(s.Run); err != nil {
		return err
	}
	return s.usePlan(p, flags)
}

// workingDir returns the directory in which frozen steps are started: the project or, where this host does not have it, that of the run.
func workingDir(r *runs.Run) (string, error) {
	rec, err := recipe.Read(r)
	if err != nil {
		return "", err
	}
	if st, err := os.Stat(rec.ProjectDir); err != nil || !st.IsDir() {
		return r.Dir, nil
	}
	return rec.ProjectDir, nil
}

// readParams reads the options of the `guild run` that made the run.
func (s *Steps) readParams() error {
	attr, err := s.Run.ReadAttr("run_params")
	if err != nil {
		return err
	}
	s.params, _ = attr.(map[string]any)
	return nil
}

// define takes the steps from the project.
func (s *Steps) define(flags opdef.Values) error {
	rec, err := recipe.Read(s.Run)
	if err != nil {
		return err
	}
	s.dir = rec.ProjectDir
	project, err := project.Load(rec.ProjectDir)
	if err != nil {
		return err
	}
	op, err := project.Find(s.Run.Opref().OpSpec())
	if err != nil {
		return err
	}
	s.operation = op.FullName()
	for _, st := range op.Steps {
		for _, text := range st.Warnings {
			s.log("WARNING", "%s", text)
		}
		added, err := s.newStep(st, flags)
		if err != nil {
			return err
		}
		s.steps = append(s.steps, added)
	}
	orderSteps(project, s.steps)
	return nil
}

// newStep returns a step that comes after the present steps. flags are the flags of the run with steps.
func (s *Steps) newStep(st steps.Step, flags opdef.Values) (*step, error) {
	own := st.Args
	st.Args = s.inherit(st.Args)
	args, err := st.RunArgs(s.operation, flags)
	if err != nil {
		return nil, err
	}
	n := 1
	for _, earlier := range s.steps {
		if earlier.Name == st.Name {
			n++
		}
	}
	link := strings.ReplaceAll(st.Name, "/", "_")
	if n > 1 {
		link = fmt.Sprintf("%s_%d", link, n)
	}
	return &step{Step: st, own: own, args: args, link: s.Run.Path(link)}, nil
}

// inherit adds to the arguments of a step what the user gave to the run with steps: label and tags unless the step has its own, and the
// options --stage-trials and --force-sourcecode.
func (s *Steps) inherit(args []string) []string {
	has := func(options ...string) bool {
		return slices.ContainsFunc(args, func(a string) bool { return slices.Contains(options, a) })
	}
	var more []string
	if label, ok := s.params["label"].(string); ok && !has("-l", "--label") {
		more = append(more, "--label", label)
	}
	if tags, _ := s.params["tags"].([]any); !has("-t", "--tag") {
		for _, tag := range tags {
			more = append(more, "--tag", fmt.Sprint(tag))
		}
	}
	if s.params["stage_trials"] == true && !has("--stage-trials") {
		more = append(more, "--stage-trials")
	}
	if s.params["force_sourcecode"] == true {
		args = append(args[:len(args):len(args)], "--force-sourcecode")
	}
	return append(more, args...)
}
