// Package engine defines the interface between a scheduler and an engine, which starts the workers of claimed runs: as processes of this host
// (package local), on a Dask cluster, in Slurm, or in another batch system.
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

// Job is one claimed run on its way through an engine. The scheduler and the engine share it; only the scheduler's goroutine
// uses it.
type Job struct {
	Run   *runs.Run
	Token string // name of the claim; the job's worker must show it
	Needs Needs
	Lock  *runs.Lock        // of a run for local workers, which inherit it; nil for a queued run
	Held  []*os.File        // files with locks that are the run's until it has ended, for local workers, which take them over
	Env   map[string]string // added to the environment of the operation, by local workers

	// Set by Submit.
	Ref       string // what the engine calls the job; empty if it has not accepted it
	Name      string // the job's name, by which it can be found where Ref is not known; see runs.JobName
	Ambiguous bool   // the engine may have accepted it: Known looks for Name
	Err       error  // the engine refused it
	Worker    int    // number of a local worker's slot, from 1
	PID       int    // process of a local worker

	Began time.Time // when the engine or the store said so; zero before
	Ended time.Time // when the end of the run was seen that the engine may have caused, see State.Reason; zero before
	Node  string    // host that runs it, where known
}

// Needs is what a run asks of the engine.
type Needs struct {
	Resources map[string]float64 // by name
	GPUs      string             // GPUs by number or name; empty: not asked for
	Priority  int                // higher is earlier
	Avoid     string             // nodes on which the run must not start, in the engine's notation
	Raw       map[string]string  // what only one kind of engine understands, such as Slurm's partition
}

// String is `a=1 b=2` in name order.
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
	Cluster  string // name or address; jobs of other clusters are left alone
	Queues   bool   // Submit wants queued runs: their workers are started by `guild sys work`
	Survives bool   // a job that waits outlives the scheduler
}

// Engine starts the workers of claimed runs. Its methods are called by one goroutine.
type Engine interface {
	Traits() Traits
	// Room is how many more jobs the engine takes now.
	Room() int
	// Fits says why the engine can never run something with these needs; it is empty if it can.
	Fits(Needs) string
	// Submit hands jobs over and sets the fields of Job that say what became of each. Without jobs it says that there are none for
	// now, so that an engine can let idle workers go.
	Submit(ctx context.Context, jobs []*Job)
	// Known returns the states of jobs by token. Jobs that the engine does not know are missing. The error means only that the engine could
	// not be asked.
	Known(ctx context.Context, jobs []*Job) (map[string]State, error)
	// Cancel cancels jobs that have not begun. It may come too late.
	Cancel(ctx context.Context, jobs []*Job)
	// Events wakes the scheduler. It is nil for engines that can only be polled.
	Events() <-chan Event
	// Close releases what the engine holds. Runs under way go on.
	Close()
}

// ErrLater is wrapped by refusals that are not about the run: the engine takes no jobs at the moment. Room is positive when it does again.
var ErrLater = errors.New("it is tried again later")

// Autonomous is an engine whose jobs claim staged runs by themselves.
type Autonomous interface {
	Engine
	// Busy reports that there are such jobs, waiting or running.
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
	Reason   string // why it waits, or why the engine ended it, in the engine's word: Priority, PREEMPTED
	Said     string // of a job that ended: the last line that it printed, where known
	Node     string
	NodeDied bool   // the job ended because its node failed
	Ref      string // the engine's name of a job that was known by its Name only
}

// Event tells of one job, or of the engine.
type Event struct {
	Token string // empty: of the engine itself
	State State
	End   pool.End // of a local worker's run
	Died  bool     // a local worker ended without saying how its run ended
	Lost  error    // the engine is gone
	Back  bool     // the engine answers again, or its room has changed
}
