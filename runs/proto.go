package runs

import "fmt"

// ProtoPath returns the prototype of a batch's trials, a run directory inside of the batch's.
func (r *View) ProtoPath() string { return r.GuildPath("proto") }

// Proto starts the prototype of a batch that is being made. It becomes part of the batch with Seal.
func (d *Draft) Proto() (*Draft, error) {
	p := &Draft{run: Run{View{ID: NewID(), Dir: d.run.GuildPath("proto")}}, mode: d.mode}
	if err := p.makeDirs(); err != nil {
		return nil, fmt.Errorf("make the prototype: %w", err)
	}
	return p, nil
}

// Seal ends a prototype: a run that is never started itself. It has no status file, since Guild AI copies all files to the trials.
func (d *Draft) Seal() error { return d.setOrigin(Pending) }
