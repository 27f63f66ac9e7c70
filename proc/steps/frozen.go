package steps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"guild/opdef"
	"guild/opdef/steps"
	"guild/proc/batchplan"
	"guild/proc/environ"
	"guild/proc/recipe"
	"guild/runs"
	"guild/runs/plainfile"
	"guild/runs/prototype"
)

// A staged run with steps needs no project when it starts. What its steps need is in a directory below .guild: their definitions, in
// planFile, and for each step a directory, named by its number, with a run that was made as a staged run is made. The first start of the
// step copies it to the store, and it is removed then.
const (
	frozenDir = "steps"
	planFile  = "plan.json"
)

// freezeOption is the option by which `guild run` makes the run of a step for a later start, in a directory.
const freezeOption = "--freeze"

// plan has the definitions of the steps of a staged run.
type plan struct {
	Operation string // full name of the operation with steps
	Renewed   bool   // it was made with --force-sourcecode, for a start that has not been
	Steps     []plannedStep
}

type plannedStep struct {
	steps.Step
	MadeWith []string // arguments of `guild run` with which its run was made
	After    []int    // numbers of the steps that must have ended before this one is started
}

// Freeze makes what the steps of a run that is to be staged need, so that it can be started without its project. If r is a batch, it does
// so for the trials. r is owned by the caller or being made; final is its directory once it is made. out receives warnings. A run without
// steps, or whose steps were frozen before, is left as it is. The error is of type Failed if a step cannot be staged; the reason is printed
// then.
func Freeze(ctx context.Context, store *runs.Store, r *runs.Run, final string, out io.Writer) error {
	target := r
	if r.IsBatch() {
		target = runs.At(r.ProtoPath())
	}
	rec, flags, err := recipe.ReadWithFlags(target)
	if err != nil || !rec.Command.RunsSteps() {
		return err
	}
	if r.IsBatch() {
		if flags, err = someTrial(r); err != nil {
			return err
		}
	}
	s := &Steps{Store: store, Run: target, Out: out}
	if err := s.readParams(); err != nil {
		return err
	}
	if old, err := s.readPlan(); err != nil || old != nil && s.params["force_sourcecode"] != true {
		return err
	}
	if err := s.define(flags); err != nil {
		_, err = fmt.Fprintf(out, "WARNING: the steps need the project when the run starts: %v\n", err)
		return err
	}
	return s.freeze(ctx, final)
}

// someTrial returns the flag values of one trial of a batch.
func someTrial(batch *runs.Run) (opdef.Values, error) {
	p, err := batchplan.Read(batch)
	if err != nil {
		return nil, err
	}
	trials, err := p.Grid(1, p.Seed)
	if len(batchplan.SpaceNames(append(slices.Clone(p.Rows), p.Values))) > 0 {
		trials, err = p.Random(1, p.Seed)
	}
	if err != nil || len(trials) == 0 {
		return p.Values, err
	}
	return trials[0], nil
}

// freeze makes the runs of the steps that have none yet, and the plan, which is last: without it, what else is there is ignored.
func (s *Steps) freeze(ctx context.Context, final string) error {
	if err := os.RemoveAll(s.Run.GuildPath(frozenDir)); err != nil {
		return fmt.Errorf("stage steps: %w", err)
	}
	if err := os.Mkdir(s.Run.GuildPath(frozenDir), 0o777); err != nil {
		return fmt.Errorf("stage steps: %w", err)
	}
	p := &plan{Operation: s.operation, Renewed: s.params["force_sourcecode"] == true}
	for i, st := range s.steps {
		planned := plannedStep{Step: st.Step, MadeWith: st.args}
		planned.Args, planned.Warnings = st.own, nil
		for j, other := range s.steps {
			if slices.Contains(st.after, other) {
				planned.After = append(planned.After, j)
			}
		}
		p.Steps = append(p.Steps, planned)
		if s.hasRun(st) {
			continue
		}
		args := slices.DeleteFunc(slices.Clone(st.args), func(a string) bool { return a == "--needed" }) // decided at its start
		if err := s.freezeStep(ctx, st, append([]string{freezeOption, s.frozenPath(i), "--keep-batch"}, args...), final); err != nil {
			return err
		}
	}
	return s.writePlan(p)
}

func (s *Steps) writePlan(p *plan) error {
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return fmt.Errorf("write the staged steps: %w", err)
	}
	return s.Run.ReplaceFile(frozenDir+"/"+planFile, append(data, '\n'))
}

// takePlan returns the plan to start with, or nil if the steps are to be taken from the project: the run was not staged, or the user wants
// the source code of the project and did not say so when it was staged.
func (s *Steps) takePlan() (*plan, error) {
	p, err := s.readPlan()
	if p == nil || err != nil || s.params["force_sourcecode"] != true {
		return p, err
	}
	if p.Renewed {
		p.Renewed = false // for this start alone
		return p, s.writePlan(p)
	}
	if err := os.RemoveAll(s.Run.GuildPath(frozenDir)); err != nil {
		return nil, fmt.Errorf("remove the staged steps: %w", err)
	}
	return nil, nil
}

func (s *Steps) freezeStep(ctx context.Context, st *step, args []string, final string) error {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, environ.StepsOf+"=") })
	if !st.AllRuns {
		env = append(env, environ.StepsOf+"="+final)
	}
	if s.params["force_deps"] == true {
		args = append([]string{"--force-deps"}, args...)
	}
	err := s.execute(ctx, st, args, env)
	var failed Failed
	if errors.As(err, &failed) {
		failed.Reason = fmt.Sprintf("step '%s' of %s cannot be staged", st.Name, s.operation)
		return failed
	}
	return err
}

// hasRun reports whether a step has a run that can be started again.
func (s *Steps) hasRun(st *step) bool {
	target, err := os.Readlink(st.link)
	if err != nil {
		return false
	}
	_, err = s.Store.Get(filepath.Base(target))
	return err == nil
}

func (s *Steps) frozenPath(number int) string {
	return s.Run.GuildPath(frozenDir, strconv.Itoa(number))
}

// readPlan returns the plan of a run that was staged, or nil.
func (s *Steps) readPlan() (*plan, error) {
	data, err := plainfile.Read(s.Run.GuildPath(frozenDir, planFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the staged steps: %w", err)
	}
	p := &plan{}
	if err := json.Unmarshal(data, p); err != nil {
		return nil, fmt.Errorf("read the staged steps of run %s: %w", s.Run.ShortID(), err)
	}
	return p, nil
}

// usePlan takes the steps from the plan of a staged run.
func (s *Steps) usePlan(p *plan, flags opdef.Values) error {
	s.operation = p.Operation
	for i, planned := range p.Steps {
		st, err := s.newStep(planned.Step, flags)
		if err != nil {
			return err
		}
		for _, j := range planned.After {
			if j < 0 || j >= i {
				return fmt.Errorf("the staged steps of run %s are not valid", s.Run.ShortID())
			}
			st.after = append(st.after, s.steps[j])
		}
		if len(planned.MadeWith) > 0 && planned.MadeWith[0] == st.args[0] { // else a flag names another operation now
			st.frozen, st.madeWith = s.frozenPath(i), planned.MadeWith
		}
		s.steps = append(s.steps, st)
	}
	return nil
}

// isFrozen reports whether the run of a step was made when the run with steps was staged, and has not been started.
func (st *step) isFrozen() bool {
	if st.frozen == "" {
		return false
	}
	_, err := os.Stat(st.frozen)
	return err == nil
}

// thaw copies the frozen run of a step to the store, with an id.
func (s *Steps) thaw(st *step, id string) error {
	template, err := prototype.Read(runs.At(st.frozen))
	if err != nil {
		return err
	}
	d, err := s.Store.Draft(id)
	if err != nil {
		return err
	}
	if err := s.fillThawed(d, template); err != nil {
		d.Discard()
		return err
	}
	_, err = d.Commit(runs.Pending)
	return err
}

// dropFrozen removes the frozen run of a step that has a run in the store. If it was not needed, it has none.
func (s *Steps) dropFrozen(st *step) {
	if st.frozen != "" && s.hasRun(st) {
		_ = os.RemoveAll(st.frozen) // what stays needs space and does no harm: the link leads to the run
	}
}

func (s *Steps) fillThawed(d *runs.Draft, template *prototype.Files) error {
	if err := template.Fill(d); err != nil {
		return err
	}
	own := runs.Named(d.ID(), d.Dir())
	for _, r := range []*runs.Run{own, runs.At(own.ProtoPath())} {
		if r != own && !own.IsBatch() {
			break
		}
		rec, err := recipe.Read(r)
		if err != nil {
			return err
		}
		if rec.RunsOf == "" {
			continue
		}
		rec.RunsOf = s.Run.Dir // this run may be a copy of the one that was staged
		if err := r.SetAttr(recipe.Attr, rec.Data()); err != nil {
			return err
		}
	}
	return nil
}

// changes returns the arguments of `guild run` for the first start of a frozen run: the options that are not recorded with it or, if the run
// with steps got other flags or options since, all.
func (st *step) changes() []string {
	if !slices.Equal(st.args, st.madeWith) {
		return st.args[1:]
	}
	var args []string
	for _, a := range st.args[1:] {
		if a == "--needed" || a == "--quiet" || a == "--stage-trials" {
			args = append(args, a)
		}
	}
	return args
}
