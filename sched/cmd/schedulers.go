package cmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/listing"
	"guild/sched/state"
)

// Schedulers shows all running schedulers of the runs root.
type Schedulers struct {
	JSON bool `name:"json" help:"As a JSON list of what each scheduler publishes: kind, run_id, host, workers, running, waiting with the reason, used of resources, heartbeat, dashboard and more."`
	Link bool `help:"Print the links that let other users and hosts see the dashboards of this home that serve now, and end."`
}

// Run prints the schedulers, or the links of dashboards.
func (s *Schedulers) Run(con *console.Console, store *catalog.Catalog) error {
	if s.Link {
		return printLinks(con, store.Store)
	}
	list, err := state.Live(store.Store)
	if err != nil {
		return err
	}
	if s.JSON {
		if list == nil {
			list = []*state.State{}
		}
		data, err := json.MarshalIndent(list, "", "  ")
		if err != nil {
			return fmt.Errorf("show schedulers: %w", err)
		}
		con.Printf("%s\n", data)
		return nil
	}
	if len(list) == 0 {
		con.Notef("No scheduler runs. Start one with 'guild run dask:scheduler' or 'guild run queue'.\n")
	}
	for _, st := range list {
		printScheduler(con, st)
	}
	return nil
}

// printScheduler prints a line for a scheduler, then one for each run that it runs or that waits.
func printScheduler(con *console.Console, st *state.State) {
	text := console.Partf
	word := func(status runs.Status) console.Part {
		return console.Part{Text: string(status), Color: listing.StatusColor(string(status))}
	}
	line := []console.Part{text("%s  %s on %s", short(st.RunID), st.Kind, st.Host)}
	if st.Paused {
		line = append(line, text(", "), console.Part{Text: "paused", Color: console.Yellow})
	}
	failed := text("%d failed", st.Failed)
	if st.Failed > 0 {
		failed.Color = console.Red
	}
	con.Print(append(line, text(": %d worker(s), %d ", st.Workers, len(st.Running)), word(runs.Running),
		text(", %d waiting, %d ", st.WaitingTotal, st.Done), word(runs.Completed), text(", "), failed,
		text("; heard of %s ago\n", time.Since(st.Heartbeat).Round(time.Second)))...)
	for _, r := range st.Running {
		con.Print(text("    %s  ", short(r.RunID)), word(runs.Running), text(" %s\n", r.Node))
	}
	for _, w := range st.Waiting {
		con.Print(text("    %s  ", short(w.RunID)), word(runs.Staged), text(": %s\n", st.WhyWaits(w)))
	}
}

func short(id string) string { return runs.Named(id, "").ShortID() }

// Explain prints why a run waits.
type Explain struct {
	Spec string `arg:"" name:"run" help:"Index of the run in the list, or the start of its id." complete:"run"`
}

// Run prints the reason that the schedulers have published.
func (e *Explain) Run(con *console.Console, store *catalog.Catalog) error {
	r, err := filter.Latest(store, &filter.Filter{}, e.Spec)
	if err != nil {
		return err
	}
	if status := r.Status(); !status.Waits() {
		con.Printf("Run %s does not wait: it is %s\n", r.ShortID(), status)
		return nil
	}
	if why := state.WhyWaits(store.Store, r); why != "" {
		con.Printf("Run %s %s\n", r.ShortID(), why)
		return nil
	}
	list, err := state.Live(store.Store)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		con.Printf("Run %s waits for a scheduler, and none runs: start one with 'guild run queue', or the run with 'guild run --start %[1]s'\n", r.ShortID())
		return nil
	}
	for _, st := range list {
		con.Printf("%s (%s on %s): %s\n", short(st.RunID), st.Kind, st.Host, st.WhyWaitsFor(r.ID))
	}
	return nil
}

// Pause keeps schedulers from starting runs.
type Pause struct {
	Pausing `embed:""`
}

// Run pauses the schedulers.
func (p *Pause) Run(con *console.Console, store *catalog.Catalog) error {
	return p.set(con, store, true)
}

// Resume lets paused schedulers start runs again.
type Resume struct {
	Pausing `embed:""`
}

// Run resumes the schedulers.
func (p *Resume) Run(con *console.Console, store *catalog.Catalog) error {
	return p.set(con, store, false)
}

// Pausing has the arguments of Pause and Resume.
type Pausing struct {
	Schedulers []string `arg:"" optional:"" name:"scheduler" help:"Runs of schedulers: index, range or id. Default: all that run." complete:"run"`
}

func (p *Pausing) set(con *console.Console, store *catalog.Catalog, pause bool) error {
	var list []*runs.Run
	if len(p.Schedulers) == 0 {
		live, err := state.Live(store.Store)
		if err != nil {
			return err
		}
		for _, st := range live {
			if r, err := store.Get(st.RunID); err == nil {
				list = append(list, r)
			}
		}
		if len(list) == 0 {
			return errors.New("no scheduler runs; start one with 'guild run dask:scheduler' or 'guild run queue'")
		}
	} else {
		var err error
		if list, err = filter.Find(store, &filter.Filter{}, p.Schedulers); err != nil {
			return err
		}
	}
	for _, r := range list {
		if !state.IsScheduler(r) {
			return fmt.Errorf("run %s is not a scheduler; see 'guild schedulers'", r.ShortID())
		}
		if err := state.Pause(r, pause); err != nil {
			return err
		}
		if pause {
			con.Printf("Paused %s: it starts no runs until 'guild resume %[1]s'\n", r.ShortID())
		} else {
			con.Printf("Resumed %s: it starts runs again from its next look on\n", r.ShortID())
		}
	}
	return nil
}
