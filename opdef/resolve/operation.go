package resolve

import (
	"fmt"
	"path/filepath"
	"slices"

	"guild/opdef/flagvalue"
	"guild/opdef/resource"
)

// findRun finds the files of a run. Without a selection these are the files that its operation wrote; files that were copied into the run
// are available from their origins.
func (t *task) findRun(src *resource.Source) ([]file, error) {
	spec := ""
	if v, ok := src.Value(t.Values); ok {
		var err error
		if spec, err = flagvalue.ExpandFlags(fmt.Sprint(v), t.Values); err != nil {
			return nil, err
		}
	}
	ops, err := src.Operations(t.Values)
	if err != nil {
		return nil, err
	}
	if spec == resource.AllRuns {
		return t.findAll(src, ops)
	}
	run, err := t.FindRun(ops, spec)
	if err != nil {
		return nil, err
	}
	t.run = run.ID
	return t.filesOf(src, run)
}

// findAll finds the files of all runs. The files of each run go to a directory with the run's short id.
func (t *task) findAll(src *resource.Source, ops []string) ([]file, error) {
	runs, err := t.FindAll(ops)
	if err != nil {
		return nil, err
	}
	var all []file
	for _, run := range runs {
		files, err := t.filesOf(src, run)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			f.under = run.ID[:min(shortID, len(run.ID))]
			all = append(all, f)
		}
	}
	return all, nil
}

const shortID = 8

// filesOf finds the files of a run that the source selects.
func (t *task) filesOf(src *resource.Source, run Run) ([]file, error) {
	t.Say(fmt.Sprintf("Using run %s for %s", run.ID, src.ResolvingName()))
	found, err := selectFiles(run.Dir, src.Select)
	if err != nil || len(src.Select) > 0 {
		return found, err
	}
	generated, err := run.Generated()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(f file) bool { return !slices.Contains(generated, filepath.Base(f.path)) }), nil
}
