package proc

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"guild/opdef"
	"guild/runs"
)

// Revision is what changes when a run is started again.
type Revision struct {
	Flags []string // NAME=VALUE
	Force bool     // accept flags that the run does not have
	Label *string
	Tags  []string // in addition to those that the run has
}

// Revise changes the flags, label and tags of an owned run before it is started. The label follows the flags.
func Revise(r *runs.Run, v Revision) error {
	if len(v.Flags) == 0 && v.Label == nil && len(v.Tags) == 0 {
		return nil
	}
	rec, err := readRecipe(r)
	if err != nil {
		return err
	}
	vals, err := r.ReadFlags()
	if err != nil {
		return err
	}
	user := opdef.Values{}
	if vals == nil {
		vals = map[string]any{}
	}
	for _, a := range v.Flags {
		name, text, ok := strings.Cut(a, "=")
		if !ok {
			return fmt.Errorf("'%s' is no flag assignment; write NAME=VALUE", a)
		}
		if _, known := vals[name]; !known && !v.Force {
			return fmt.Errorf("run %s has no flag '%s'; it has %s", r.ShortID(), name,
				strings.Join(slices.Sorted(maps.Keys(vals)), ", "))
		}
		val, err := opdef.DecodeValue(text)
		if err != nil {
			return fmt.Errorf("flag '%s': %w", name, err)
		}
		if _, list := val.([]any); list {
			return fmt.Errorf("flag '%s' has one value in a run that is started again, not a list", name)
		}
		vals[name], user[name] = val, val
	}
	template := rec.LabelTemplate
	if v.Label != nil {
		template = *v.Label
	}
	attrs := []struct {
		name  string
		value any
	}{{"flags", vals}, {"user_flags", map[string]any(user)}, {"label", opdef.Label(template, vals)}}
	for _, a := range attrs {
		if err := r.SetAttr(a.name, a.value); err != nil {
			return err
		}
	}
	if len(v.Tags) > 0 {
		return r.SetAttr("tags", append(r.Tags(), v.Tags...))
	}
	return nil
}
