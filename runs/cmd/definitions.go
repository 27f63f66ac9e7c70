package cmd

import (
	"slices"
	"sync"

	"guild/opdef"
	"guild/opdef/project"
	"guild/runs"
	"guild/runs/opref"
)

// definitions finds the operations of runs as their projects define them now. It is safe for concurrent use.
type definitions struct {
	mu    sync.Mutex
	known map[string][]*opdef.Operation // by project directory
}

// of returns the operation of a run, or nil: of a run that was not made from a guild.yml, or whose project or operation is no longer there.
func (d *definitions) of(r *runs.View) *opdef.Operation {
	ref := r.Opref()
	if ref.PkgType != opref.Guildfile {
		return nil
	}
	ops := d.in(ref.Dir())
	i := slices.IndexFunc(ops, func(op *opdef.Operation) bool { return op.FullName() == ref.OpSpec() })
	if i < 0 {
		return nil
	}
	return ops[i]
}

func (d *definitions) in(dir string) []*opdef.Operation {
	d.mu.Lock()
	defer d.mu.Unlock()
	ops, ok := d.known[dir]
	if ok {
		return ops
	}
	if project, err := project.Load(dir); err == nil { // running the operation reports errors of the project
		ops = project.Operations()
	}
	if d.known == nil {
		d.known = map[string][]*opdef.Operation{}
	}
	d.known[dir] = ops
	return ops
}
