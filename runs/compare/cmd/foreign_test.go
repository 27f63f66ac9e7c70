package cmd

import (
	"testing"

	"guild/runs/filter"
	"guild/runs/runstest"
)

func TestForeign(t *testing.T) {
	w := runstest.Foreign(t)
	w.Want(&Compare{Compared: Compared{StrictCols: ".status,=lr,loss,max loss step", Flags: filter.Flags{Completed: true, Error: true}}, CSV: "-"},
		"run,status,lr,loss,loss step\n80000000,error,,,\n30000000,error,0.2,,\n20000000,completed,0.1,0.5,3\n")
}
