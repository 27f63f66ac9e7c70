package proc

import (
	"maps"
	"slices"

	"guild/opdef"
	"guild/runs"
)

// BatchRevision is what changes of a batch itself when it is started again.
type BatchRevision struct {
	OptFlags  []string       // NAME=VALUE, of the optimizer
	Objective string         // empty: as it was
	MaxTrials int            // 0: as it was
	Seed      *int64         // nil: as it was
	Params    map[string]any // options of `guild run` to set
	Label     *string        // of the batch's own run
	Tags      []string       // likewise
	Keep      bool           // the batch's own run
}

// reviseBatch changes the prototype of the trials of an owned batch, and the batch itself.
func reviseBatch(r *runs.Run, v Revision) error {
	p, err := readPlan(r)
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
	rec, err := readRecipe(proto)
	if err != nil {
		return err
	}
	attrs := map[string]any{"flags": plainFlags(vals), "user_flags": plainFlags(p.User)}
	if v.changeRecipe(rec) {
		attrs["op"] = rec.data()
	}
	if len(v.Tags) > 0 {
		attrs["tags"] = v.Tags
	}
	if v.Batch.Seed != nil {
		attrs["random_seed"] = *v.Batch.Seed
	}
	if err := setAttrs(proto, attrs); err != nil {
		return err
	}
	return v.batchAttrs(r, p, vals)
}

func (v *Revision) batchAttrs(r *runs.Run, p *plan, vals opdef.Values) error {
	rec, err := readRecipe(r)
	if err != nil {
		return err
	}
	opt, err := v.optimizerFlags(r)
	if err != nil {
		return err
	}
	attrs := map[string]any{"flags": plainFlags(opt), attrSpaces: spaceNames(append(slices.Clone(p.Rows), vals))}
	if v.Batch.Label != nil {
		rec.LabelTemplate = *v.Batch.Label
	}
	rec.DeleteOnSuccess = rec.DeleteOnSuccess && !v.Batch.Keep
	rec.OptionHooks = rec.OptionHooks.With(v.Hooks)
	attrs["op"] = rec.data()
	if len(v.Batch.Tags) > 0 {
		attrs["tags"] = v.Batch.Tags
	}
	if v.Batch.MaxTrials > 0 {
		attrs[attrMaxTrials] = v.Batch.MaxTrials
	}
	if v.Batch.Objective != "" {
		attrs[attrObjective] = v.Batch.Objective
	}
	if v.Batch.Seed != nil {
		attrs["random_seed"] = *v.Batch.Seed
	}
	params := maps.Clone(p.params)
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

// optimizerFlags are the flags that the batch's own run gets.
func (v *Revision) optimizerFlags(r *runs.Run) (opdef.Values, error) {
	rec, err := readRecipe(r)
	if err != nil {
		return nil, err
	}
	was, err := r.ReadFlags()
	if err != nil {
		return nil, err
	}
	vals, _, err := rec.revised(r, was, Revision{Flags: v.Batch.OptFlags, Force: v.Force}, oneValue)
	return vals, err
}

// revisedTrials are the flags that the trials of a batch get, with their lists and search spaces, and those that change.
func revisedTrials(r *runs.Run, v Revision) (vals, changed opdef.Values, err error) {
	p, err := readPlan(r)
	if err != nil {
		return nil, nil, err
	}
	proto := runs.At(r.ProtoPath())
	rec, err := readRecipe(proto)
	if err != nil {
		return nil, nil, err
	}
	return rec.revised(r, p.Values, v, manyValues)
}
