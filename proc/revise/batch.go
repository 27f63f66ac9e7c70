package revise

import (
	"maps"
	"slices"

	"guild/opdef"
	"guild/proc/batchplan"
	"guild/proc/dependency"
	"guild/proc/recipe"
	"guild/runs"
)

// Batch is a set of changes to the batch itself, in contrast to its trials.
type Batch struct {
	OptFlags  []string       // NAME=VALUE, flags of the optimizer
	Objective string         // empty keeps it
	MaxTrials int            // zero keeps it
	Seed      *int64         // nil keeps it
	Params    map[string]any // options of `guild run` to set
	Label     *string        // of the batch's own run; nil keeps it
	Tags      []string       // of the batch's own run; empty keeps them
	Keep      bool           // do not delete the batch's own run when it has succeeded
}

// reviseBatch applies the changes to the prototype of the trials and to the batch itself.
func reviseBatch(r *runs.Run, v Revision) error {
	p, err := batchplan.Read(r)
	if err != nil {
		return err
	}
	proto := runs.At(r.ProtoPath())
	vals, user, err := revisedTrials(r, v)
	if err != nil {
		return err
	}
	p.User = maps.Clone(p.User)
	if p.User == nil {
		p.User = opdef.Values{}
	}
	maps.Copy(p.User, user)
	rec, err := recipe.Read(proto)
	if err != nil {
		return err
	}
	attrs := map[string]any{"flags": batchplan.Recorded(vals), "user_flags": batchplan.Recorded(p.User)}
	if v.changeRecipe(rec, user) {
		attrs[recipe.Attr] = rec.Data()
	}
	if len(v.Tags) > 0 {
		attrs["tags"] = v.Tags
	}
	if v.Batch.Seed != nil {
		attrs["random_seed"] = *v.Batch.Seed
	}
	if err := dependency.Forget(proto, rec.Requires, p.Values, vals); err != nil {
		return err
	}
	if err := setAttrs(proto, attrs); err != nil {
		return err
	}
	return v.batchAttrs(r, p, vals)
}

// batchAttrs applies the changes to the batch's own run. vals are the revised flags of the trials.
func (v *Revision) batchAttrs(r *runs.Run, p *batchplan.Plan, vals opdef.Values) error {
	rec, err := recipe.Read(r)
	if err != nil {
		return err
	}
	opt, err := v.optimizerFlags(r)
	if err != nil {
		return err
	}
	attrs := map[string]any{"flags": batchplan.Recorded(opt), batchplan.AttrSpaces: batchplan.SpaceNames(append(slices.Clone(p.Rows), vals))}
	if v.Batch.Label != nil {
		rec.LabelTemplate = *v.Batch.Label
	}
	rec.DeleteOnSuccess = rec.DeleteOnSuccess && !v.Batch.Keep
	rec.OptionHooks = rec.OptionHooks.With(v.Hooks)
	attrs[recipe.Attr] = rec.Data()
	if len(v.Batch.Tags) > 0 {
		attrs["tags"] = v.Batch.Tags
	}
	if v.Batch.MaxTrials > 0 {
		attrs[batchplan.AttrMaxTrials] = v.Batch.MaxTrials
	}
	if v.Batch.Objective != "" {
		attrs[batchplan.AttrObjective] = v.Batch.Objective
	}
	if v.Batch.Seed != nil {
		attrs["random_seed"] = *v.Batch.Seed
	}
	params := maps.Clone(p.Params)
	if params == nil {
		params = map[string]any{}
	}
	v.changeParams(params)
	maps.Copy(params, v.Batch.Params)
	attrs["run_params"] = params
	if err := setAttrs(r, attrs); err != nil {
		return err
	}
	return r.SetLabel(opdef.Label(rec.LabelTemplate, opt))
}

func setAttrs(r *runs.Run, attrs map[string]any) error {
	for name, val := range attrs {
		if err := r.SetAttr(name, val); err != nil {
			return err
		}
	}
	return nil
}

// optimizerFlags returns the revised flags of the batch's own run.
func (v *Revision) optimizerFlags(r *runs.Run) (opdef.Values, error) {
	rec, err := recipe.Read(r)
	if err != nil {
		return nil, err
	}
	was, err := r.ReadFlags()
	if err != nil {
		return nil, err
	}
	vals, _, err := revised(rec, r, was, Revision{Flags: v.Batch.OptFlags, Force: v.Force}, oneValue)
	return vals, err
}

// revisedTrials returns the revised flags of the trials, with lists and search spaces, and the changed ones alone.
func revisedTrials(r *runs.Run, v Revision) (vals, changed opdef.Values, err error) {
	p, err := batchplan.Read(r)
	if err != nil {
		return nil, nil, err
	}
	proto := runs.At(r.ProtoPath())
	rec, err := recipe.Read(proto)
	if err != nil {
		return nil, nil, err
	}
	return revised(rec, r, p.Values, v, manyValues)
}
