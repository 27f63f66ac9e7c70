package newrun

import (
	"fmt"
	"path/filepath"
	"strings"

	"guild/opdef/resource"
	"guild/proc/required"
	"guild/runs/catalog"
)

// FindRuns sets the flags that name required runs to the whole ids of these runs. A user may have given the beginning of an id, or
// nothing. If no suitable run exists yet, it keeps the value and warns, since there may be one when the run is started. If staged is true,
// the run is to be staged, and may require runs that are staged too.
func (q *Request) FindRuns(store *catalog.Catalog, staged bool) error {
	finder := &required.Finder{Store: store, Within: q.RunsOf, Staged: staged, Self: q.RunID}
	resources, err := q.Op.Requires(q.Values)
	if err != nil {
		return err
	}
	for _, res := range resources {
		for i := range res.Sources {
			if src := &res.Sources[i]; src.Kind == resource.FromOperation {
				if err := q.findRuns(finder, src); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// findRuns sets the flag of one required run.
func (q *Request) findRuns(finder *required.Finder, src *resource.Source) error {
	ops, err := src.Operations(q.Values)
	if err != nil {
		return nil // the start of the run reports it
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
		if text == resource.AllRuns {
			_, err := finder.All(ops)
			found = found || err == nil
			continue
		}
		if run, err := finder.Find(ops, text); err == nil {
			if text := required.Unfinished(run, run.Status()); finder.Staged && text != "" { // otherwise the start warns
				q.Warn(text)
			}
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
		q.Values[q.Op.SourceFlag(src)] = ids
	case ids[0] != nil:
		q.Values[q.Op.SourceFlag(src)] = ids[0]
	}
	return nil
}

// requires returns the resources of the run: those of the operation and the files that the user adds. The latter are linked, and copied if
// the run, or its trials, wait to be started.
func (q *Request) requires() ([]resource.Resource, error) {
	resources, err := q.Op.Requires(q.Values)
	if err != nil {
		return nil, err
	}
	kind := resource.TargetLink
	if q.Freezing.Run || q.Freezing.Trials {
		kind = resource.TargetCopy
	}
	for _, path := range q.Deps {
		abs := path
		if !filepath.IsAbs(abs) {
			abs = filepath.Join(q.CmdDir, path)
		}
		r, err := resource.Parse(map[string]any{"name": path, "target-type": kind,
			"sources": []any{map[string]any{"file": abs}}}, "")
		if err != nil {
			return nil, err
		}
		resources = append(resources, r)
	}
	return resources, nil
}
