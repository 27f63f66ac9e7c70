package steps

import (
	"slices"

	"guild/opdef"
	"guild/opdef/project"
	"guild/opdef/steps"
	"guild/proc/required"
	"guild/runs/opref"
)

// orderSteps sets step.after so that running several steps at a time has the same result as running one after the other. A step that
// requires a run of an operation gets the latest one. So it must come after the earlier steps that run this operation and before the
// later ones, and all of those must keep their order.
func orderSteps(project *project.Project, steps []*step) {
	ops := make([]*opdef.Operation, len(steps))
	for i, st := range steps {
		ops[i], _ = project.Find(st.args[0]) // nil if there is none: the start of the step reports it
	}
	for i, st := range steps {
		for _, looksFor := range lookups(project, st, ops[i]) {
			var kept []*step
			for j, other := range steps {
				if j == i || ops[j] == nil || looksFor(ops[j].Ref) || st.AllRuns && len(ops[j].Steps) > 0 {
					other.after = append(other.after, kept...)
					kept = append(kept, other)
				}
			}
		}
	}
}

// lookups returns functions that report whether a step depends on runs of an operation, one for each run that it requires.
func lookups(project *project.Project, st *step, op *opdef.Operation) []func(opref.Ref) bool {
	anyRun := []func(opref.Ref) bool{func(opref.Ref) bool { return true }}
	if op == nil || !isClosed(project, op) {
		return anyRun
	}
	wanted, known := op.RequiredRuns()
	if !known {
		return anyRun
	}
	var all []func(opref.Ref) bool
	for _, names := range wanted {
		match, err := required.MatchOperations(names)
		if err != nil {
			return anyRun
		}
		all = append(all, match)
	}
	if looksBack(st.Step) {
		all = append(all, func(ref opref.Ref) bool { return ref == op.Ref })
	}
	return all
}

// looksBack reports whether a step depends on earlier runs of its own operation.
func looksBack(st steps.Step) bool {
	return slices.ContainsFunc(st.Args, func(a string) bool { return a == "--needed" || a == "--optimizer" || a == "--optimize" })
}

// isClosed reports whether the steps of an operation, if it has any, depend on no runs but each other's.
func isClosed(project *project.Project, op *opdef.Operation) bool {
	return !slices.ContainsFunc(op.Steps, func(st steps.Step) bool {
		nested, err := project.Find(st.OpSpec)
		return err != nil || len(nested.Steps) > 0 || st.AllRuns || looksBack(st)
	})
}
