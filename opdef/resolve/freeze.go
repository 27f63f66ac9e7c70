package resolve

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/resource"
)

// Staging controls how resources are resolved when their run is staged.
type Staging struct {
	// Keep is the directory for originals that the run needs at its start, see Resolver.Originals.
	Keep string
	// Trials are the flag values of each trial, if the run directory is the prototype of a batch; nil for a single run.
	Trials []opdef.Values
	// KeepTrials is the directory for originals that depend on the flags of a trial.
	KeepTrials string
	// Unknown has the names of flags whose values are unknown before the trials run.
	Unknown map[string]bool

	differ map[string]bool // names of the flags that differ among trials
}

// Freeze resolves the resources of a run that is staged, as far as that is possible before its start. Parameters and results are those of
// Resolve. The following are left to the start:
//   - sources of runs;
//   - config files, whose originals are kept;
//   - in a prototype also links, which would be broken in a trial, and sources that depend on flags that differ among trials. The
//     originals of the latter are kept, for all trials.
func (r *Resolver) Freeze(ctx context.Context, resources []resource.Resource, done map[string]any, st *Staging) ([]Entry, error) {
	one := *r
	if len(st.Trials) > 0 {
		one.Values = st.Trials[0]
	}
	st.differ = maps.Clone(st.Unknown)
	if st.differ == nil {
		st.differ = map[string]bool{}
	}
	for _, vals := range st.Trials {
		for name, v := range vals {
			if !st.differ[name] && flagvalue.Format(v) != flagvalue.Format(one.Values[name]) {
				st.differ[name] = true
			}
		}
	}
	return one.resolve(ctx, resources, done, st)
}

// postpone reports whether a source is left to the start of the run, and keeps its original if the start needs that.
func (t *task) postpone(src *resource.Source) (bool, error) {
	name := src.ResolvingName()
	differs := t.staging.differs(src)
	switch {
	case src.Kind == resource.FromOperation:
		t.Say("Skipping resolution of " + name + " because it's being staged")
		return true, nil
	case differs && slices.ContainsFunc(src.FlagsUsed(), func(flag string) bool { return t.staging.Unknown[flag] }):
		t.Say("WARNING: " + name + " is not frozen: what it is depends on flags of trials that are not known yet")
		return true, nil
	case t.staging.Trials != nil && src.Kind != resource.FromConfig && t.res.TargetTypeOf(src) == resource.TargetLink:
		t.Say("WARNING: " + name + " is not frozen: each trial gets a link to it ('target-type: copy' freezes it)")
		return true, nil
	case differs:
		return true, t.keepForTrials(src)
	case src.Kind == resource.FromConfig:
		t.Say("Skipping resolution of " + name + " because it's being staged")
		return true, t.keep(src, t.staging.Keep)
	}
	return false, nil
}

// differs reports whether the flags that a source depends on differ among trials.
func (st *Staging) differs(src *resource.Source) bool {
	return slices.ContainsFunc(src.FlagsUsed(), func(flag string) bool { return st.differ[flag] })
}

// keepForTrials keeps the originals of a source for all trials.
func (t *task) keepForTrials(src *resource.Source) error {
	all := t.Resolver
	defer func() { t.Resolver = all }()
	seen := map[string]bool{}
	for _, vals := range t.staging.Trials {
		var key strings.Builder
		for _, flag := range src.FlagsUsed() {
			fmt.Fprintf(&key, "%q ", flagvalue.Format(vals[flag]))
		}
		if seen[key.String()] {
			continue
		}
		seen[key.String()] = true
		one := *all
		one.Values = vals
		t.Resolver = &one
		if err := t.keep(src, t.staging.KeepTrials); err != nil {
			return err
		}
	}
	return nil
}
