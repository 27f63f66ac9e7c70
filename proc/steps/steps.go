// Package steps runs the steps of a run, each as a `guild run` of its own. It is the operation of a run that has steps.
package steps

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

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

	dir    string         // project directory
	params map[string]any // options of the `guild run` that made Run
	steps  []*step
}

// step is one step and the state of its run.
type step struct {
	steps.Step
	args  []string // arguments of `guild run`
	link  string   // path of the link to its run
	after []*step  // earlier steps that must have ended before this one is started

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

// Do runs the steps until ctx ends. When one fails, no more are started.
func (s *Steps) Do(ctx context.Context) error {
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

// open reads the steps from the project, with their arguments and the order that they must keep.
func (s *Steps) open() error {
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
	flags, err := s.Run.ReadFlags()
	if err != nil {
		return err
	}
	attr, err := s.Run.ReadAttr("run_params")
	if err != nil {
		return err
	}
	s.params, _ = attr.(map[string]any)
	named := map[string]int{}
	for _, st := range op.Steps {
		for _, text := range st.Warnings {
			s.log("WARNING", "%s", text)
		}
		st.Args = s.inherit(st.Args)
		args, err := st.RunArgs(op.FullName(), flags)
		if err != nil {
			return err
		}
		named[st.Name]++
		link := strings.ReplaceAll(st.Name, "/", "_")
		if n := named[st.Name]; n > 1 {
			link = fmt.Sprintf("%s_%d", link, n)
		}
		s.steps = append(s.steps, &step{Step: st, args: args, link: s.Run.Path(link)})
	}
	orderSteps(project, s.steps)
	return nil
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
