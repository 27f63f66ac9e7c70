// Package engine defines the interface between a scheduler and an engine, which starts the workers of claimed runs: as processes of this
// host (package local), on a Dask cluster, in Slurm, or in another batch system.
//
// The store is authoritative. An engine only starts a worker, on some host that mounts the runs root. It may lose, delay or repeat a
// submission: the run's lock, its phase and the token of its claim decide which worker starts the run, see package runs. A scheduler
// believes an engine in three matters only: why a run waits, that a job which never began is gone, and why a run was ended from outside.
package engine

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"guild/proc/pool"
	"guild/runs"
)

// Job is a claimed run that is given to an engine. The scheduler and the engine share it; only the scheduler's goroutine uses it.
type Job struct {
	Run   *runs.Run
	Token string // name of the claim; the job's worker must present it
	Needs Needs
	Lock  *runs.Lock        // of a run for local workers, which inherit it; nil for a queued run
	Held  []*os.File        // open files whose locks the run needs until it has ended; a local worker inherits them
	Env   map[string]string // added to the environment of the operation, by local workers

	// Set by Submit.
	Ref       string // what the engine calls the job; empty if it has not accepted it
	Name      string // the job's name, to find it if Ref is not known; see runs.JobName
	Ambiguous bool   // the engine may have accepted it: Known looks for Name
	Err       error  // the engine refused it
	Worker    int    // number of a local worker's slot, from 1
	PID       int    // process of a local worker

	Began time.Time // when the engine or the store said so; zero before
	Ended time.Time // when the run was seen to have ended in a way that the engine may have caused, see State.Reason; zero before
	Node  string    // host that executes it, if known
}

// Needs says what a run requires of the engine.
type Needs struct {
	Resources map[string]float64 // by name
	GPUs      string             // GPUs by number or name; empty: none requested
	Priority  int                // higher is earlier
	Avoid     string             // nodes on which the run must not start, in the engine's notation
	Raw       map[string]string  // options that only one kind of engine understands, such as Slurm's partition
}

// String returns the resources in the form `a=1 b=2`, sorted by name.
func (n Needs) String() string {
	parts := make([]string, 0, len(n.Resources))
	for _, name := range slices.Sorted(maps.Keys(n.Resources)) {
		parts = append(parts, name+"="+strconv.FormatFloat(n.Resources[name], 'g', -1, 64))
	}
	return strings.Join(parts, " ")
}

// Traits are the properties in which kinds of engines differ.
type Traits struct {
	Kind     string // local, dask, slurm, batch
	Cluster  string // name or address; jobs in other clusters are left alone
	Queues   bool   // Submit expects queued runs: `guild sys work` starts their workers
	Survives bool   // waiting jobs outlive the scheduler
}

// Engine starts the workers of claimed runs. Its methods are called by one goroutine.
type Engine interface {
	Traits() Traits
	// Room returns the number of further jobs that the engine takes now. An engine without a limit of its own returns the scheduler's number
	// of workers: the scheduler counts its jobs itself.
	Room() int
	// Fits returns the reason why the engine can never run a job with these needs; empty if it can.
	Fits(Needs) string
	// Submit submits jobs and sets the result in the fields of each Job. A call without jobs says that there are none at present, so that
	// an engine can release idle workers.
	Submit(ctx context.Context, jobs []*Job)
	// Known returns the states of jobs by token, without jobs that the engine does not know. The error says only that the engine could not
	// be asked.
	Known(ctx context.Context, jobs []*Job) (map[string]State, error)
	// Cancel cancels jobs that have not begun. A job may begin all the same.
	Cancel(ctx context.Context, jobs []*Job)
	// Events delivers events to the scheduler. It is nil for engines that can only be polled.
	Events() <-chan Event
	// Close releases the resources of the engine. Runs under way go on.
	Close()
}

// ErrLater is wrapped by refusals that are not the run's fault: the engine takes no jobs at the moment. Room is positive again when it
// does.
var ErrLater = errors.New("it is tried again later")

// Autonomous is an engine whose jobs claim staged runs themselves.
type Autonomous interface {
	Engine
	// Busy reports whether such jobs wait or run.
	Busy() bool
}

// Progress is the stage that a job has reached.
type Progress int

// The stages of a job as the engine reports them.
const (
	Waiting Progress = iota
	Started
	Ended
)

// State is the state of a job as its engine reports it.
type State struct {
	Progress Progress
	Reason   string // why it waits, or why the engine ended it, as the engine says it: Priority, PREEMPTED
	Said     string // last line that an ended job printed, if known
	Node     string
	NodeDied bool   // the job ended because its node failed
	Ref      string // the engine's id of a job that was found by its Name
}

// Event is about one job or about the engine.
type Event struct {
	Token string // empty if the event is about the engine itself
	State State
	End   pool.End // of a local worker's run
	Died  bool     // a local worker ended without saying how its run ended
	Lost  error    // the engine is gone
	Back  bool     // the engine answers again, or its room has changed
}
