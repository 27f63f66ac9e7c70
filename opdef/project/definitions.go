package project

import (
	"slices"
	"sync"

	"guild/opdef"
	"guild/runs/opref"
)

// Definitions finds the operations of runs as their projects define them now. Several goroutines may use it at the same time.
type Definitions struct {
	mu    sync.Mutex
	known map[string][]*opdef.Operation // by project directory
}

// Of returns the operation that a run names. It is nil if the run was not made from a guild.yml, or if the project or the operation is no longer
// there.
func (d *Definitions) Of(ref opref.Ref) *opdef.Operation {
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

func (d *Definitions) in(dir string) []*opdef.Operation {
	d.mu.Lock()
	defer d.mu.Unlock()
	ops, ok := d.known[dir]
	if ok {
		return ops
	}
	if p, err := Load(dir); err == nil { // an error is reported when the operation is run
		ops = p.Operations()
	}
	if d.known == nil {
		d.known = map[string][]*opdef.Operation{}
	}
	d.known[dir] = ops
	return ops
}
