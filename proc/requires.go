package proc

import (
	"fmt"
	"path/filepath"
	"strings"

	"guild/opdef"
	"guild/runs/catalog"
)

// FindRuns fills in which runs the operation requires, as the values of the flags that stand for them, and whole ids for the
// starts of ids that the user gave. What is not there yet can be when the run is started: then the values stay, with a warning.
func (q *Request) FindRuns(store *catalog.Catalog) error {
	finder := &runFinder{store: store, within: q.RunsOf, staged: true}
	resources, err := q.Op.Requires(q.Values)
	if err != nil {
		return err
	}
	for _, res := range resources {
		for i := range res.Sources {
			if src := &res.Sources[i]; src.Kind == opdef.FromOperation {
				if err := q.findRuns(finder, src); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (q *Request) findRuns(finder *runFinder, src *opdef.ResourceSource) error {
	ops, err := src.Operations(q.Values)
	if err != nil {
		return nil // told when the run is started
	}
	v, _ := src.Value(q.Values)
	list, several := v.([]any)
	if !several {
		list = []any{v}
	}
	found := false
	ids := make([]any, len(list))
	for i, spec := range list {
		text := ""
		if spec != nil {
			text = fmt.Sprint(spec)
		}
		ids[i] = spec
		if text == opdef.AllRuns {
			_, err := finder.all(ops)
			found = found || err == nil
			continue
		}
		if run, err := finder.find(ops, text); err == nil {
			found = true
			if strings.HasPrefix(run.ID, text) {
				ids[i] = run.ID
			}
		}
	}
	if !found && !src.Optional {
		q.Warn(fmt.Sprintf("cannot find a suitable run for required resource '%s'", src.ResolvingName()))
	}
	switch {
	case src.NoFlag && v == nil:
	case several:
		q.Values[src.FlagOf(q.Op)] = ids
	case ids[0] != nil:
		q.Values[src.FlagOf(q.Op)] = ids[0]
	}
	return nil
}

// SayStaged tells that what the run requires is resolved when it is started.
func (q *Request) SayStaged(say func(line string)) {
	resources, err := q.requires()
	if err != nil {
		return // the run could not be made
	}
	for _, res := range resources {
		say("Resolving " + res.ResolvingName())
		for i := range res.Sources {
			say("Skipping resolution of " + res.Sources[i].ResolvingName() + " because it's being staged")
		}
	}
}

// requires are the resources of the run to be: those of the operation and the files that the user adds.
func (q *Request) requires() ([]opdef.Resource, error) {
	resources, err := q.Op.Requires(q.Values)
	if err != nil {
		return nil, err
	}
	for _, path := range q.Deps {
		abs := path
		if !filepath.IsAbs(abs) {
			abs = filepath.Join(q.CmdDir, path)
		}
		r, err := opdef.ParseResource(map[string]any{"name": path, "target-type": opdef.TargetLink,
			"sources": []any{map[string]any{"file": abs}}}, "")
		if err != nil {
			return nil, err
		}
		resources = append(resources, r)
	}
	return resources, nil
}
