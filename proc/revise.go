package proc

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"guild/opdef"
	"guild/opdef/hooks"
	"guild/runs"
)

// Revision is what changes when a run is started again.
type Revision struct {
	Flags []string // NAME=VALUE
	Force bool     // accept flags that the run does not have
	Label *string
	Tags  []string // in place of those that the run has
	Batch BatchRevision

	ForceSourcecode bool // the source code of the project is used, for steps too
	Needed          bool // steps that have completed are run again only where they would be other ones
	Workers         int  // steps at a time; zero: as many as before

	GPUs      *string        // value of CUDA_VISIBLE_DEVICES; nil: as it was
	StopAfter *float64       // minutes; nil: as it was
	Hooks     hooks.Hooks    // in place of those of an earlier `guild run`, event by event
	Params    map[string]any // options of `guild run` to set, by name
}

// changeRecipe changes what of the recipe the options say, and reports whether that is anything.
func (v Revision) changeRecipe(rec *recipe) bool {
	if v.Label != nil {
		rec.LabelTemplate = *v.Label
	}
	if v.GPUs != nil {
		rec.setGPUs(*v.GPUs)
	}
	if v.StopAfter != nil {
		rec.StopAfter = *v.StopAfter
	}
	rec.OptionHooks = rec.OptionHooks.With(v.Hooks)
	return v.Label != nil || v.GPUs != nil || v.StopAfter != nil || v.Hooks.Given()
}

// changeParams changes the options of `guild run` that the run remembers. The two about GPUs exclude each other.
func (v Revision) changeParams(params map[string]any) {
	for name, other := range map[string]string{"gpus": "no_gpus", "no_gpus": "gpus"} {
		if v.Params[name] != nil {
			delete(params, other)
		}
	}
	maps.Copy(params, v.Params)
}

// Revise changes the flags, label and tags of an owned run before it is started. The label follows the flags.
func Revise(r *runs.Run, v Revision) error {
	if r.IsBatch() {
		return reviseBatch(r, v)
	}
	if err := reviseParams(r, v); err != nil {
		return err
	}
	if len(v.Flags) == 0 && len(v.Tags) == 0 && !v.changeRecipe(&recipe{}) {
		return nil
	}
	if v.GPUs != nil { // those of the earlier start
		if err := r.DeleteAttr(gpusAttr); err != nil {
			return err
		}
	}
	rec, err := readRecipe(r)
	if err != nil {
		return err
	}
	vals, err := r.ReadFlags()
	if err != nil {
		return err
	}
	vals, user, err := rec.revised(r, vals, v, oneValue)
	if err != nil {
		return err
	}
	attrs := map[string]any{"flags": vals, "user_flags": map[string]any(user)}
	if v.changeRecipe(rec) {
		attrs["op"] = rec.data()
	}
	if err := setAttrs(r, attrs); err != nil {
		return err
	}
	if err := r.SetLabel(opdef.Label(rec.LabelTemplate, vals)); err != nil {
		return err
	}
	if len(v.Tags) > 0 {
		if err := r.SetAttr("tags", v.Tags); err != nil {
			return err
		}
	}
	return nil
}

// reviseParams changes what steps inherit.
func reviseParams(r *runs.Run, v Revision) error {
	attr, err := r.ReadAttr("run_params")
	if err != nil {
		return err
	}
	params, _ := attr.(map[string]any)
	if params == nil {
		params = map[string]any{}
	}
	was := maps.Clone(params)
	for name, on := range map[string]bool{"force_sourcecode": v.ForceSourcecode, "needed": v.Needed} {
		delete(params, name)
		if on {
			params[name] = true
		}
	}
	if v.Workers > 0 {
		params["workers"] = v.Workers
	}
	if v.Label != nil {
		params["label"] = *v.Label
	}
	if len(v.Tags) > 0 {
		params["tags"] = v.Tags
	}
	v.changeParams(params)
	if sameYAML(was, params) {
		return nil
	}
	return r.SetAttr("run_params", params)
}

// RevisedFlags are the flags that Revise would give the run, or the trials of the batch that it is.
func RevisedFlags(r *runs.Run, v Revision) (opdef.Values, error) {
	if r.IsBatch() {
		vals, _, err := revisedTrials(r, v)
		return vals, err
	}
	vals, err := r.ReadFlags()
	if err != nil || len(v.Flags) == 0 {
		return vals, err
	}
	rec, err := readRecipe(r)
	if err != nil {
		return nil, err
	}
	vals, _, err = rec.revised(r, vals, v, oneValue)
	return vals, err
}

// Whether a flag can have several values.
const (
	oneValue   = false
	manyValues = true
)

// revised returns all flags, and those that are changed.
func (rec *recipe) revised(r *runs.Run, was opdef.Values, v Revision, many bool) (vals, user opdef.Values, err error) {
	user = opdef.Values{}
	if vals = maps.Clone(was); vals == nil {
		vals = opdef.Values{}
	}
	for _, a := range v.Flags {
		name, text, ok := strings.Cut(a, "=")
		if !ok {
			return nil, nil, fmt.Errorf("'%s' is no flag assignment; write NAME=VALUE", a)
		}
		name = rec.flagOf(name, vals)
		if _, known := vals[name]; !known && !v.Force {
			return nil, nil, fmt.Errorf("run %s has no flag '%s'; it has %s", r.ShortID(), name,
				strings.Join(slices.Sorted(maps.Keys(vals)), ", "))
		}
		flag := rec.Command.Flags[name]
		if err := opdef.CheckClosed(name, text); err != nil && !v.Force && !flag.Text {
			return nil, nil, err
		}
		val, err := flag.Decode(text, rec.Command.FlagsDest)
		if space, ok := val.(opdef.SearchSpace); ok {
			_, err = space.Dim(name)
		}
		if rec.isRun(name) {
			val, err = text, nil // an id is no number, whatever its digits
		}
		if err != nil {
			return nil, nil, fmt.Errorf("flag '%s': %w", name, err)
		}
		if !many && (&opdef.Batch{Values: opdef.Values{name: val}}).Is() {
			return nil, nil, fmt.Errorf("flag '%s' has one value in a run that is started again, not a list", name)
		}
		vals[name], user[name] = val, val
	}
	return vals, user, nil
}

// flagOf is the flag that a name stands for: OP is short for operation:OP.
func (rec *recipe) flagOf(name string, vals opdef.Values) string {
	if _, known := vals[name]; !known && rec.isRun(opdef.FromOperation+":"+name) {
		return opdef.FromOperation + ":" + name
	}
	return name
}

// isRun tells the flags whose values are runs.
func (rec *recipe) isRun(name string) bool {
	for _, res := range rec.Requires {
		for i := range res.Sources {
			if s := &res.Sources[i]; s.Kind == opdef.FromOperation && s.ResolvingName() == name {
				return true
			}
		}
	}
	return false
}
