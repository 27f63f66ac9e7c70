package cmd

import (
	"errors"
	"fmt"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
)

// Restage stages runs again that have ended.
type Restage struct {
	filter.Flags
	Runs   []string `arg:"" optional:"" name:"run" help:"Runs: index, range or id. Default: all of the kind that is asked for." complete:"run"`
	Failed bool     `help:"Runs that failed by themselves."`
	Lost   bool     `help:"Runs whose owner was lost."`
	Yes    bool     `short:"y" help:"Do not ask."`
}

// Run stages the chosen runs again, each in its directory, after a confirmation.
func (s *Restage) Run(con *console.Console, store *catalog.Catalog) error {
	if !s.Failed && !s.Lost && len(s.Runs) == 0 {
		return console.Usage(errors.New("which runs? Give --failed, --lost, or their indexes or ids"))
	}
	f, err := s.Filter()
	if err != nil {
		return err
	}
	found, err := filter.Find(store, f, s.Runs)
	if err != nil {
		return err
	}
	var chosen []*runs.Run
	for _, r := range found {
		st := r.State()
		named := !s.Failed && !s.Lost && st.Status != runs.Running && !st.Status.Waits()
		if named || s.Lost && st.Lost || s.Failed && st.Status == runs.Error && !st.Lost {
			chosen = append(chosen, r)
		}
	}
	if len(chosen) == 0 {
		con.Notef("Nothing to stage again.\n")
		return nil
	}
	if !s.Yes {
		con.Printf("You are about to stage %d run(s) again:\n", len(chosen))
		for _, r := range chosen {
			con.Printf("  %s  %s  %s\n", r.ShortID(), r.Opref().OpSpec(), r.Label())
		}
		if ok, err := con.Confirm("Continue?", true); err != nil || !ok {
			return err
		}
	}
	var failed []error
	for _, r := range chosen {
		if err := store.StageAgain(r); err != nil {
			failed = append(failed, fmt.Errorf("run %s cannot be staged again: %w", r.ShortID(), err))
			continue
		}
		con.Printf("Staged %s again\n", r.ShortID())
	}
	return errors.Join(failed...)
}
