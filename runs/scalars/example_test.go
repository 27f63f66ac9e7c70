package scalars_test

import (
	"fmt"
	"os"
	"time"

	"guild/runs"
	"guild/runs/scalars"
)

// A Writer adds scalars to a run, and Read summarises those of all event files in it.
func Example() {
	home, err := os.MkdirTemp("", "guild-example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(home)
	draft, err := runs.Open(home).Draft(runs.NewID())
	if err != nil {
		panic(err)
	}
	run, err := draft.Commit(runs.Completed)
	if err != nil {
		panic(err)
	}
	w := scalars.NewWriter(run)
	for step, loss := range []float64{2, 0.5, 0.75} {
		w.Scalar("loss", loss, int64(step), time.Now())
	}
	if err := w.Close(); err != nil {
		panic(err)
	}

	list, err := scalars.Read(run)
	if err != nil {
		panic(err)
	}
	for _, s := range list {
		fmt.Printf("%s: last %v, least %v, of %d\n", s.Key(), s.Last, s.Min, s.Count)
	}
	// Output: loss: last 0.750000 (step 2), least 0.500000 (step 1), of 3
}
