package proc

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"guild/opdef"
	"guild/proc/recipe"
	"guild/runs"
)

// Steps runs the steps of a run, each as a `guild run` of its own: one after the other, or several at a time. The run's directory
// gets a link to each of them. Where it has one already, the step's run is started again.
type Steps struct {
	Store *runs.Store
	Run   *runs.Run // the run that has steps
	Out   io.Writer

	// Parallel runs steps on several workers at a time.
	Parallel func(w Work, workers int) error

	dir    string         // of the project
	params map[string]any // options of `guild run`
	steps  []*step
}

// step is a step of a run.
type step struct {
	opdef.Step
	args  []string // of `guild run`
	link  string   // path of the link to its run
	after []*step  // earlier steps that must have ended before this one is started

	id    string // of its run; empty before it is started
	ran   bool   // as opposed to one whose run was there and is as it should be
	ended bool
}

// StepFailed is the end of steps of which one has failed, or is not what was expected.
type StepFailed struct {
	Exit   int    // exit status of the run that has steps
	Reason string // empty where it has been told
}

func (e StepFailed) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("a step failed with exit status %d", e.Exit)
	}
	return e.Reason
}

// Do runs the steps. When one fails, no more are started.
func (s *Steps) Do(ctx context.Context) error {
	if err := s.open(); err != nil {
		return err
	}
	if n, _ := s.params["workers"].(int); n > 1 {
		return s.Parallel(&parallelSteps{Steps: s, ctx: ctx}, n)
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

func (s *Steps) log(level, format string, args ...any) { logTo(s.Out, level, format, args...) }

// open finds out what the steps are.
func (s *Steps) open() error {
	rec, err := recipe.Read(s.Run)
	if err != nil {
		return err
	}
	s.dir = rec.ProjectDir
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
		args, err := op.StepArgs(st, flags)
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

// inherit adds the label and the tags that the user gave to the run with steps, where a step has none of its own, and that the
// trials of batches are to be staged.
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
