package cmd

import (
	"cmp"
	"context"

	"guild/opdef"
	opdefcmd "guild/opdef/cmd"
	"guild/runs/catalog"
	"guild/runs/console/grammar"
	"guild/runs/filter"
)

// Complete returns candidates for a word of the command if the options determine the operation: flags of the operation of a run that is
// started again, and flags of an optimizer. done reports that the word is of this kind.
func (c *Run) Complete(ctx context.Context, store *catalog.Catalog, projects opdefcmd.Projects, r opdef.FlagReader, p *grammar.Point) (list []grammar.Candidate, done bool) {
	switch p.Kind {
	case "optimizer-flag":
		return opdefcmd.CompleteFlags(ctx, projects, r, p, cmp.Or(c.Optimizer, "gp")), true
	case "runnable", "flag":
		spec := cmp.Or(c.Start, c.Restart, c.Proto)
		if spec == "" {
			return nil, false
		}
		run, err := filter.Latest(store, &filter.Filter{}, spec)
		if err != nil {
			return nil, true
		}
		return opdefcmd.CompleteFlags(ctx, projects, r, p, run.Opref().OpSpec()), true
	}
	return nil, false
}
