// Package dask starts claimed runs on the workers of an existing Dask cluster. It talks to the cluster through the user's own Python package
// distributed, so that the user's Dask configuration applies, such as that of TLS and timeouts.
package dask

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"guild/proc/environ"
	"guild/proc/joborder"
	"guild/runs"
	"guild/sched/engine"
)

// Config names the cluster.
type Config struct {
	Address       string // such as tcp://HOST:8786
	SchedulerFile string // written by dask-scheduler --scheduler-file; in place of an address
	Python        string // interpreter that has distributed
	Store         *runs.Store
	Log           zerolog.Logger
}

// name of the cluster for people and for attrs/engine.
func (c *Config) name() string {
	if c.Address != "" {
		return c.Address
	}
	return c.SchedulerFile
}

// How long to wait before the next try to reach a cluster that was lost.
const (
	firstPause   = time.Second
	longestPause = time.Minute
)

// warnAfter is the time after which the log says that a cluster has not answered yet. The timeout, 30 s by default, is set in the user's
// Dask configuration: distributed.comm.timeouts.connect.
const warnAfter = 3 * time.Second

// Engine is a Dask cluster.
type Engine struct {
	cfg    Config
	exe    string
	events chan engine.Event
	tasks  map[string]*task // by token; submitted and not forgotten yet
	bridge *bridge          // nil while the cluster is not connected
	up     *cluster         // latest report of the bridge about the cluster
	cancel context.CancelFunc
	closed chan struct{} // closed when the loop has ended
	calls  chan func()   // executed by the loop, which owns all fields above
	ctx    context.Context
}

// task is a job in the cluster.
type task struct {
	key  string
	done time.Time // zero while it waits or runs
	exit int
	text string // last lines of its standard error
}

// Open connects to the cluster. The error says what is missing: Python's package, or the cluster.
func Open(ctx context.Context, cfg Config) (*Engine, error) {
	exe, err := environ.Executable()
	if err != nil {
		return nil, err
	}
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	e := &Engine{cfg: cfg, exe: exe, events: make(chan engine.Event, 16), tasks: map[string]*task{}, cancel: cancel, ctx: life,
		closed: make(chan struct{}), calls: make(chan func())}
	quiet := time.AfterFunc(warnAfter, func() {
		cfg.Log.Warn().Msgf("Waiting for the Dask cluster at %s to answer", cfg.name())
	})
	e.bridge, e.up, err = connect(ctx, life, &e.cfg)
	quiet.Stop()
	if err != nil {
		cancel()
		return nil, err
	}
	e.sayConnected()
	go e.loop()
	return e, nil
}

func (e *Engine) sayConnected() {
	e.cfg.Log.Info().Msgf("Connected to Dask cluster at %s: %d workers, %d threads", e.cfg.name(), len(e.up.Workers), e.up.threads())
	if e.up.Dashboard != "" {
		e.cfg.Log.Info().Msgf("Dask's own dashboard: %s", e.up.Dashboard)
	}
}

// Traits of a cluster: waiting tasks are dropped when the scheduler that submitted them is gone.
func (e *Engine) Traits() engine.Traits {
	return engine.Traits{Kind: "dask", Cluster: e.cfg.name(), Queues: true}
}

// Events delivers the ends of tasks, and changes of the cluster.
func (e *Engine) Events() <-chan engine.Event { return e.events }

// Room returns the number of worker threads that have no job of this scheduler. Runs that wait stay staged, so that other schedulers can
// claim them.
func (e *Engine) Room() (room int) {
	e.do(func() {
		if e.up == nil {
			return
		}
		room = e.up.threads()
		for _, t := range e.tasks {
			if t.done.IsZero() {
				room--
			}
		}
	})
	return max(room, 0)
}

// Fits returns a reason if no worker has the resources that a run needs.
func (e *Engine) Fits(n engine.Needs) (why string) {
	e.do(func() {
		if e.up != nil && len(e.up.Workers) > 0 && !e.up.fits(n.Resources) {
			why = fmt.Sprintf("requires %s and no worker of the cluster has that", n)
		}
	})
	return why
}

// Submit submits each job as a task that starts the run's worker and waits for its end.
func (e *Engine) Submit(_ context.Context, jobs []*engine.Job) {
	if len(jobs) == 0 {
		return
	}
	e.do(func() {
		e.forget()
		request := request{Op: "submit"}
		for _, j := range jobs {
			j.Name = runs.JobName(j.Token)
			j.Ref = j.Name
			request.Jobs = append(request.Jobs, submission{
				Key: j.Ref, Exe: e.exe, Order: joborder.Order{RunDir: j.Run.Dir, Home: e.cfg.Store.Home(), Claim: j.Token},
				Resources: j.Needs.Resources, Priority: j.Needs.Priority,
			})
		}
		err := fmt.Errorf("no connection to the Dask cluster at %s", e.cfg.name())
		if e.bridge != nil {
			err = e.bridge.send(request)
		}
		for _, j := range jobs {
			if j.Err = err; err == nil {
				e.tasks[j.Token] = &task{key: j.Ref}
			}
		}
	})
}

// forget drops tasks that ended long ago.
func (e *Engine) forget() {
	const kept = time.Minute
	for token, t := range e.tasks {
		if !t.done.IsZero() && time.Since(t.done) > kept {
			delete(e.tasks, token)
		}
	}
}

// taskEndDelay is the longest time between the end of a run and the end of its task. If it takes longer, the worker that executed the task
// is gone, and Dask will execute it again.
const taskEndDelay = 3 * time.Second

// Known returns the states of tasks as the bridge has reported them. A run has lost its Dask worker if its task found that the run had been
// started before, or if its task does not end although the run has ended.
func (e *Engine) Known(_ context.Context, jobs []*engine.Job) (map[string]engine.State, error) {
	states := map[string]engine.State{}
	e.do(func() {
		for _, j := range jobs {
			t := e.tasks[j.Token]
			switch {
			case t == nil:
			case t.repeated(), t.done.IsZero() && !j.Ended.IsZero() && time.Since(j.Ended) >= taskEndDelay:
				states[j.Token] = engine.State{Progress: engine.Ended, Reason: workerGone}
			case !t.done.IsZero():
				states[j.Token] = t.state(e.exe)
			default:
				states[j.Token] = engine.State{Reason: "no free Dask worker"}
			}
		}
	})
	return states, nil
}

// Cancel cancels tasks. It is not called for tasks whose run has begun: Dask would report them as cancelled while they go on.
func (e *Engine) Cancel(_ context.Context, jobs []*engine.Job) {
	e.do(func() {
		request := request{Op: "cancel"}
		for _, j := range jobs {
			if t := e.tasks[j.Token]; t != nil {
				request.Keys = append(request.Keys, t.key)
				delete(e.tasks, j.Token)
			}
		}
		if e.bridge != nil && len(request.Keys) > 0 {
			_ = e.bridge.send(request) // a cluster that is gone has no tasks
		}
	})
}

// Close leaves the cluster.
func (e *Engine) Close() {
	e.cancel()
	<-e.closed
}
