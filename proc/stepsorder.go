package proc

import (
	"slices"

	"guild/opdef"
	"guild/opdef/project"
	"guild/opdef/steps"
	"guild/runs/opref"
)

// orderSteps finds the steps that must keep their order, so that several at a time come to the same as one after the other. A step
// that requires a run of an operation gets the latest one: it comes after the earlier steps that are runs of it, these come in
// their order, and later ones come after it.
func orderSteps(project *project.Project, steps []*step) {
	ops := make([]*opdef.Operation, len(steps))
	for i, st := range steps {
		ops[i], _ = project.Find(st.args[0]) // nil where it has none: it is told when the step is run
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

// lookups tell which runs a step looks for.
func lookups(project *project.Project, st *step, op *opdef.Operation) []func(opref.Ref) bool {
	anyRun := []func(opref.Ref) bool{func(opref.Ref) bool { return true }}
	if op == nil || !isClosed(project, op) {
		return anyRun
	}
	required, known := op.RequiredRuns()
	if !known {
		return anyRun
	}
	var all []func(opref.Ref) bool
	for _, names := range required {
		match, err := operationMatcher(names)
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

// looksBack tells a step that takes notice of earlier runs of its own operation.
func looksBack(st steps.Step) bool {
	return slices.ContainsFunc(st.Args, func(a string) bool { return a == "--needed" || a == "--optimizer" || a == "--optimize" })
}

// isClosed tells an operation whose steps, if it has any, surely take notice of no runs but each other's.
func isClosed(project *project.Project, op *opdef.Operation) bool {
	return !slices.ContainsFunc(op.Steps, func(st steps.Step) bool {
		nested, err := project.Find(st.OpSpec)
		return err != nil || len(nested.Steps) > 0 || st.AllRuns || looksBack(st)
	})
}
