package runs

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// ProtoPath is the prototype of a batch's trials, a run directory inside of the batch's.
func (r *Run) ProtoPath() string { return r.GuildPath("proto") }

// Proto starts the prototype of a batch that is being made. It becomes part of the batch with Seal.
func (d *Draft) Proto() (*Draft, error) {
	p := &Draft{run: Run{ID: NewID(), Dir: d.run.GuildPath("proto")}}
	if err := os.MkdirAll(p.run.GuildPath("attrs"), 0o777); err != nil {
		return nil, fmt.Errorf("make the prototype: %w", err)
	}
	return p, nil
}

// Seal ends a prototype: a run that is never started itself.
func (d *Draft) Seal() error {
	if err := d.stamp(Pending); err != nil {
		return err
	}
	return d.WriteFile("PENDING", nil) // what Guild AI takes for the status
}

// ownLife are the files below .guild, besides the phase, that say what became of a run.
var ownLife = []string{"PENDING", "status", "LOCK", "output", "output.index"}

// CopyFrom copies the files of a run, a prototype as a rule, into the draft: all but what its own life left.
func (d *Draft) CopyFrom(r *Run) error {
	if err := os.CopyFS(d.run.Dir, os.DirFS(r.Dir)); err != nil {
		return fmt.Errorf("copy run %s: %w", r.ShortID(), err)
	}
	names, err := readNames(d.run.GuildPath())
	if err != nil {
		return fmt.Errorf("copy run %s: %w", r.ShortID(), err)
	}
	for _, name := range names {
		if !strings.HasPrefix(name, phasePrefix) && !slices.Contains(ownLife, name) {
			continue
		}
		if err := os.Remove(d.run.GuildPath(name)); err != nil {
			return fmt.Errorf("copy run %s: %w", r.ShortID(), err)
		}
	}
	return nil
}
