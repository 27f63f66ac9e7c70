// Package joborder has the lines by which the process of an engine hands jobs to `guild sys work --serve`, one after the other. The engine
// writes an order on the standard input of that command, and reads the answer from its standard output when the job has ended. Both are JSON
// objects on one line.
//
// bridge.py of the Dask engine passes orders on, and reads single fields of orders and answers by their names.
package joborder

import (
	"fmt"
	"strings"
)

// Order asks for the run of a job. Its fields are the arguments of `guild sys work`.
type Order struct {
	RunDir string `json:"run_dir"` // as the host that runs the job sees it
	Home   string `json:"home"`
	Claim  string `json:"claim"` // token of the job: the name of the run's claim
}

// Answer says how the job ended: with what `guild sys work` would have had as exit status, and written to standard error.
type Answer struct {
	Exit   int    `json:"exit"`
	Stderr string `json:"stderr"`
}

const nothingToDo = "nothing to do"

// NothingToDo returns what a job prints that was started twice or too late. It ends with exit status 0.
func NothingToDo(why error) string { return fmt.Sprintf("%s: %v", nothingToDo, why) }

// HadNothingToDo reports whether a job that printed stderr was started twice or too late.
func HadNothingToDo(stderr string) bool { return strings.Contains(stderr, nothingToDo) }
