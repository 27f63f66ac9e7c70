// Package revise changes the flags and options of a run or batch that is started again.
package revise

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/hooks"
	"guild/opdef/resource"
	"guild/proc/dependency"
	"guild/proc/recipe"
	"guild/runs"
	"guild/runs/pyyaml"
)

// Revision is a set of changes to a run that is started again.
type Revision struct {
	Flags []string // NAME=VALUE
	Force bool     // accept flags that the run does not have
	Label *string  // template; nil keeps it
	Tags  []string // replace those of the run; empty keeps them
	Batch Batch    // changes to a batch itself

	ForceSourcecode bool         // use the source code of the project, also for steps
	Defaults        opdef.Values // of the flags that the project has now, if the run gets its source code; those that the run lacks are added

	Needed  bool // run completed steps again only if they would change
	Workers int  // steps to run at a time; zero keeps the number

	GPUs      *string  // value of CUDA_VISIBLE_DEVICES; nil keeps it
	StopAfter *float64 // minutes; nil keeps it

	KeepRun         bool // keep the run although its operation wants it deleted on success
	NoSystemMetrics bool // do not record what the run uses of the machine; false keeps what it was

	Hooks  hooks.Hooks    // replace those of an earlier `guild run`, event by event
	Params map[string]any // options of `guild run` to set, by name
}

// changeRecipe applies the changes to a recipe, and reports whether there are any. user has the flags that are changed.
func (v Revision) changeRecipe(rec *recipe.Recipe, user opdef.Values) bool {
	if v.Label != nil {
		rec.LabelTemplate = *v.Label
	}
	if v.GPUs != nil {
		rec.SetGPUs(*v.GPUs)
	}
	if v.StopAfter != nil {
		rec.StopAfter = *v.StopAfter
	}
	rec.DeleteOnSuccess = rec.DeleteOnSuccess && !v.KeepRun
	rec.NoSystemMetrics = rec.NoSystemMetrics || v.NoSystemMetrics
	rec.OptionHooks = rec.OptionHooks.With(v.Hooks)
	passed := rec.Command.PassAll(user)
	return passed || v.KeepRun || v.NoSystemMetrics || v.Label != nil || v.GPUs != nil || v.StopAfter != nil || v.Hooks.Given()
}

// changeParams applies the changes to the recorded options of `guild run`. gpus and no_gpus exclude each other.
func (v Revision) changeParams(params map[string]any) {
	for name, other := range map[string]string{"gpus": "no_gpus", "no_gpus": "gpus"} {
		if v.Params[name] != nil {
			delete(params, other)
		}
	}
	maps.Copy(params, v.Params)
}

// withDefaults returns the values and, for flags that they lack, the defaults.
func (v Revision) withDefaults(vals opdef.Values) opdef.Values {
	if len(v.Defaults) == 0 {
		return vals
	}
	all := maps.Clone(v.Defaults)
	maps.Copy(all, vals)
	return all
}

// Apply records the changes with an owned run, before it is started again. The label is made anew from the flags.
func Apply(r *runs.Run, v Revision) error {
	if r.IsBatch() {
		return reviseBatch(r, v)
	}
	if err := reviseParams(r, v); err != nil {
		return err
	}
	if len(v.Flags) == 0 && len(v.Defaults) == 0 && len(v.Tags) == 0 && !v.changeRecipe(&recipe.Recipe{}, nil) {
		return nil
	}
	if v.GPUs != nil { // the attribute has those of the earlier start
		if err := r.DeleteAttr(recipe.GPUsAttr); err != nil {
			return err
		}
	}
	rec, err := recipe.Read(r)
	if err != nil {
		return err
	}
	vals, err := r.ReadFlags()
	if err != nil {
		return err
	}
	was := vals
	vals, user, err := revised(rec, r, v.withDefaults(was), v, oneValue)
	if err != nil {
		return err
	}
	if err := dependency.Forget(r, rec.Requires, was, vals); err != nil {
		return err
	}
	attrs := map[string]any{"flags": vals, "user_flags": map[string]any(user)}
	if v.changeRecipe(rec, user) {
		attrs[recipe.Attr] = rec.Data()
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

// reviseParams changes the recorded options of `guild run`, which steps inherit.
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
	if pyyaml.Equal(was, params) {
		return nil
	}
	return r.SetAttr("run_params", params)
}

// Flags returns the flag values that the run, or the trials if it is a batch, would have after Apply.
func Flags(r *runs.Run, v Revision) (opdef.Values, error) {
	if r.IsBatch() {
		vals, _, err := revisedTrials(r, v)
		return vals, err
	}
	vals, err := r.ReadFlags()
	if err != nil {
		return nil, err
	}
	if vals = v.withDefaults(vals); len(v.Flags) == 0 {
		return vals, nil
	}
	rec, err := recipe.Read(r)
	if err != nil {
		return nil, err
	}
	vals, _, err = revised(rec, r, vals, v, oneValue)
	return vals, err
}

// Preview returns the recipe and the flag values that a run, which is no batch, would have after Apply.
func Preview(r *runs.Run, v Revision) (*recipe.Recipe, opdef.Values, error) {
	rec, was, err := recipe.ReadWithFlags(r)
	if err != nil {
		return nil, nil, err
	}
	vals, user, err := revised(rec, r, v.withDefaults(was), v, oneValue)
	if err != nil {
		return nil, nil, err
	}
	v.changeRecipe(rec, user)
	return rec, vals, nil
}

// Values of the argument many of revised: whether a flag may have several values.
const (
	oneValue   = false
	manyValues = true
)

// revised returns the values of all flags after the changes, and the changed ones alone.
func revised(rec *recipe.Recipe, r *runs.Run, was opdef.Values, v Revision, many bool) (vals, user opdef.Values, err error) {
	user = opdef.Values{}
	if vals = maps.Clone(was); vals == nil {
		vals = opdef.Values{}
	}
	for _, a := range v.Flags {
		name, text, ok := strings.Cut(a, "=")
		if !ok {
			return nil, nil, fmt.Errorf("'%s' is not a flag assignment; write NAME=VALUE", a)
		}
		name = flagOf(rec, name, vals)
		if _, known := vals[name]; !known && !v.Force {
			others := cmp.Or(strings.Join(slices.Sorted(maps.Keys(vals)), ", "), "none")
			return nil, nil, fmt.Errorf("run %s has no flag '%s'; it has %s", r.ShortID(), name, others)
		}
		flag := rec.Command.Flags[name]
		if err := flagvalue.CheckClosed(name, text); err != nil && !v.Force && !flag.Text {
			return nil, nil, err
		}
		val, err := flag.Decode(text, rec.Command.FlagsDest)
		if space, ok := val.(flagvalue.SearchSpace); ok {
			_, err = space.Dim(name)
		}
		if isRun(rec, name) {
			val, err = text, nil // a run id stays text even if it consists of digits
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

// flagOf returns the name of the flag that a user means: OP is short for operation:OP.
func flagOf(rec *recipe.Recipe, name string, vals opdef.Values) string {
	if _, known := vals[name]; !known && isRun(rec, resource.FromOperation+":"+name) {
		return resource.FromOperation + ":" + name
	}
	return name
}

// isRun reports whether the values of a flag are run ids.
func isRun(rec *recipe.Recipe, name string) bool {
	for _, res := range rec.Requires {
		for i := range res.Sources {
			if s := &res.Sources[i]; s.Kind == resource.FromOperation && s.ResolvingName() == name {
				return true
			}
		}
	}
	return false
}

// TrialFlags returns the flag values of one trial, which override those of the prototype. A value must not be a list or search space.
func TrialFlags(rec *recipe.Recipe, proto *runs.Run, values opdef.Values, assign []string) (opdef.Values, error) {
	vals, _, err := revised(rec, proto, values, Revision{Flags: assign, Force: true}, manyValues)
	if err != nil {
		return nil, err
	}
	for name, v := range vals {
		if (&opdef.Batch{Values: opdef.Values{name: v}}).Is() {
			return nil, fmt.Errorf("flag '%s' has several values, %s; a trial needs one of them: %[1]s=VALUE", name, flagvalue.Format(v))
		}
	}
	return vals, nil
}
