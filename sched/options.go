package sched

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"guild/runs"
	"guild/runs/pyyaml"
	"guild/sched/engine"
	"guild/sched/engine/slurm"
	"guild/sched/web"
)

// Kind is the name of a built-in scheduler operation.
type Kind string

// The kinds of scheduler.
const (
	Dask  Kind = "dask:scheduler"  // runs in parallel
	Batch Kind = "batch:scheduler" // runs as jobs of a batch system, by its commands
	Slurm Kind = "slurm:scheduler" // runs as jobs of Slurm
	Node  Kind = "slurm:node"      // runs within a job of Slurm
	Queue Kind = "queue"           // one run at a time
)

// Kinds lists all kinds of scheduler.
var Kinds = [...]Kind{Dask, Slurm, Node, Batch, Queue}

// name returns the scheduler's name in the log.
func (k Kind) name() string {
	if k == Queue {
		return "queue"
	}
	return k.engineName() + " scheduler"
}

// engineName returns the name of the scheduler's engine in the log.
func (k Kind) engineName() string {
	word, _, _ := strings.Cut(string(k), ":")
	return title(word)
}

// Options are the options of a scheduler.
type Options struct {
	Kind           Kind
	Workers        int  // slots; at least 1
	WorkersGiven   bool // the user gave Workers, so the log mentions it
	PollInterval   time.Duration
	RunOnce        bool // end when nothing is staged and nothing is under way
	WaitForRunning bool // start nothing while runs other than schedulers are under way
	Dashboard      string
	OpenDashboard  bool                                                         // without a token
	ReadOnly       bool                                                         // the dashboard's pages cannot change runs
	Act            func(context.Context, web.Action) (output string, err error) // performs an action of the dashboard, see web.Config; nil: pages cannot change runs
	Planned        func(batch *runs.Run) int                                    // returns the number of trials planned, see web.Config
	LogLevel       zerolog.Level
	OnStop         OnStop             // empty: leave
	EndsAt         time.Time          // when everything that runs here is killed; zero: not known
	Retries        int                // default number of retries of a lost run
	RetryFailed    bool               // also retry runs that failed by themselves
	GPUs           string             // for runs that name none; runs that name other GPUs are ignored
	Resources      map[string]float64 // capacities
	ResourcesError error              // why the resource spec was ignored

	// For a scheduler in an allocation, at whose end its runs are killed:
	Deadline time.Time     // when the scheduler has to end; zero: never
	Idle     time.Duration // longest time without a run; zero: no limit

	// OpenEngine connects to the engine that starts the runs. If nil, worker processes on this host run them.
	OpenEngine func(ctx context.Context, log zerolog.Logger) (engine.Engine, error)
}

// DefaultWorkers returns how many runs a Dask scheduler has under way at once by default: one per CPU, but at least five. Runs of this tool
// mostly wait (for data, GPUs, other machines), and in the documented scenario five staged runs run at the same time, also with two cores.
func DefaultWorkers() int { return max(runtime.NumCPU(), 5) }

// maxThreads is more than any Dask cluster has.
const maxThreads = 1 << 20

// defaultJobs is the default limit of waiting and running jobs of an engine.
const defaultJobs = 1000

// ParseOptions reads the flags of a scheduler's run.
func ParseOptions(kind Kind, flags map[string]any) (Options, error) {
	o := Options{Kind: kind, Workers: 1}
	f := flagReader{flags: flags}
	poll := f.number("poll-interval", 10)
	if poll <= 0 {
		f.fail("poll-interval", "a number of seconds above 0")
	}
	o.PollInterval = time.Duration(poll * float64(time.Second))
	o.RunOnce = f.boolean("run-once")
	o.WaitForRunning = f.boolean("wait-for-running")
	o.GPUs = f.text("gpus")
	retries := f.number("retries", 0)
	if o.Retries = int(retries); retries < 0 || retries != float64(o.Retries) {
		f.fail("retries", "a whole number, 0 or above")
	}
	o.RetryFailed = f.boolean("retry-failed")
	switch o.OnStop = OnStop(f.text("on-stop")); o.OnStop {
	case "", Leave, Restage, End:
	default:
		f.fail("on-stop", "leave, restage or stop")
	}
	switch kind {
	case Queue:
		o.LogLevel = zerolog.InfoLevel
		return o, f.err
	case Dask:
		o.Workers = DefaultWorkers()
		if f.text("address") != "" || f.text("scheduler-file") != "" {
			o.Workers = maxThreads // the cluster limits them
		}
		if f.text("address") != "" && f.text("scheduler-file") != "" {
			f.err = errors.New("flags address and scheduler-file both name a cluster: give one")
		}
	case Node:
		idle := f.number("idle", 0)
		if idle < 0 {
			f.fail("idle", "a number of seconds")
		}
		o.Idle = time.Duration(idle * float64(time.Second))
		lifetime := f.text("lifetime")
		left, ok := slurm.ParseTime(lifetime)
		switch {
		case ok:
			o.Deadline = time.Now().Add(left)
		case lifetime != "":
			f.fail("lifetime", "a time such as 30 (minutes), 2:00:00 or 1-12")
		}
	default:
		o.Workers = defaultJobs
	}
	if w := f.number("workers", 0); flags["workers"] != nil {
		if w < 1 || w != float64(int(w)) {
			f.fail("workers", "a whole number above 0")
		}
		o.Workers, o.WorkersGiven = int(w), true
	}
	o.Dashboard = f.text("dashboard-address")
	o.OpenDashboard = flags["dashboard-token"] != nil && !f.boolean("dashboard-token")
	o.ReadOnly = f.boolean("dashboard-read-only")
	o.LogLevel = logLevel(f.text("loglevel"))
	o.Resources, o.ResourcesError = parseResources(f.text("resources"))
	if o.Workers == maxThreads && f.text("resources") != "" {
		f.fail("resources", "possible with a Dask cluster, whose workers have resources of their own")
	}
	return o, f.err
}

func logLevel(s string) zerolog.Level {
	switch strings.ToLower(s) {
	case "debug":
		return zerolog.DebugLevel
	case "warn", "warning":
		return zerolog.WarnLevel
	case "error":
		return zerolog.ErrorLevel
	}
	return zerolog.InfoLevel
}

// flagReader reads flags and keeps the first error.
type flagReader struct {
	flags map[string]any
	err   error
}

func (f *flagReader) fail(name, want string) {
	if f.err == nil {
		f.err = fmt.Errorf("flag %s=%v is not %s", name, f.flags[name], want)
	}
}

func (f *flagReader) number(name string, def float64) float64 {
	v := f.flags[name]
	if n, ok := pyyaml.Number(v); ok {
		return n
	}
	if v != nil {
		f.fail(name, "a number")
	}
	return def
}

func (f *flagReader) boolean(name string) bool {
	switch v := f.flags[name].(type) {
	case nil:
		return false
	case bool:
		return v
	}
	f.fail(name, "yes or no")
	return false
}

func (f *flagReader) text(name string) string {
	switch v := f.flags[name].(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return "yes"
		}
		return "no"
	default:
		return fmt.Sprint(v)
	}
}
