package newrun

import (
	"fmt"

	"guild/proc/recipe"
	"guild/runs"
	"guild/runs/process"
	"guild/runs/prototype"
)

// Copy describes a new run that is made from what is recorded with another one alone: for a run whose project is gone or no longer has
// the operation.
type Copy struct {
	Of      *runs.Run
	RunID   string // empty is a random one
	RunDir  string // empty is a directory in the store
	CmdDir  string // working directory of `guild run`
	Comment string
	Seed    *int64 // nil is that of the other run
}

// Attributes that a copy has of the other run. Others describe what became of that run, or belong to it alone.
var copiedAttrs = []string{"cmd", "flags", "user_flags", "run_params", "sourcecode_digest", "vcs_commit", "compare", "opdef_attrs", "tags", "random_seed",
	"platform", "plugins", "trials", "search_spaces", "max_trials", "objective"}

// Make returns a draft of the run or batch, which the caller commits or discards. It has the flags, the source code and the label of the
// other run.
func (c *Copy) Make(store *runs.Store) (*runs.Draft, error) {
	rec, err := recipe.Read(c.Of)
	if err != nil {
		return nil, err
	}
	rec.CmdDir = c.CmdDir
	d, err := (&Request{RunID: c.RunID, RunDir: c.RunDir}).draft(store)
	if err != nil {
		return nil, err
	}
	if err := c.fill(d, rec); err != nil {
		d.Discard()
		return nil, fmt.Errorf("make a run like %s: %w", c.Of.ShortID(), err)
	}
	return d, nil
}

func (c *Copy) fill(d *runs.Draft, rec *recipe.Recipe) error {
	if c.Of.IsBatch() {
		if err := copyPrototype(d, c.Of); err != nil {
			return err
		}
	}
	src, err := (&Request{Proto: c.Of}).copySource(d.Dir())
	if err != nil {
		return err
	}
	attrs := map[string]any{recipe.Attr: rec.Data(), "deps": map[string]any{}, "user": process.Username()}
	for _, name := range copiedAttrs {
		v, err := c.Of.ReadAttr(name)
		if err != nil {
			return err
		}
		if v != nil {
			attrs[name] = v
		}
	}
	if c.Seed != nil {
		attrs["random_seed"] = *c.Seed
	}
	if c.Comment != "" {
		attrs["comments"] = comments(c.Comment)
	}
	if err := d.SetAttrs(attrs); err != nil {
		return err
	}
	label, _ := c.Of.AttrString("label")
	if err := d.SetLabel(label); err != nil {
		return err
	}
	if err := d.SetOpref(c.Of.Opref()); err != nil {
		return err
	}
	return d.WriteFile("manifest", sourceManifest(src.Files))
}

// copyPrototype copies the prototype of the trials of a batch.
func copyPrototype(d *runs.Draft, batch *runs.Run) error {
	template, err := prototype.Read(runs.At(batch.ProtoPath()))
	if err != nil {
		return err
	}
	proto, err := d.Proto()
	if err != nil {
		return err
	}
	if err := template.Fill(proto); err != nil {
		return err
	}
	return proto.Seal()
}
