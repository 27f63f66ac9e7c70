// Package hook executes shell commands that users set for the start and the end of runs, for example to send a message or to copy results.
//
// A hook cannot change the outcome of its run. It receives data about the run in its environment and, as JSON, on its standard input. Its
// output is kept in the run directory, in one file for each start of the run: .guild/hooks.<time of the start in microseconds>. The run's
// worker writes that file, even after the run has ended and its lock is free.
package hook

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"time"

	"guild/opdef/hooks"
	"guild/proc/bounded"
	"guild/runs"
	"guild/runs/process"
	"guild/runs/runjson"
	"guild/runs/scalars"
)

// Event is the event for which a hook is set.
type Event string

// The events.
const (
	OnStart Event = "on-start" // the operation starts; the hook runs at the same time
	OnEnd   Event = "on-end"   // the run has ended, and its outcome is on disk
	OnFail  Event = "on-fail"  // the outcome is error or terminated, and is on disk; before OnEnd
)

// Source is a place where hooks were set.
type Source struct {
	Name  string // for users
	Hooks hooks.Hooks
}

// Hooks are the hooks of one start of a run.
type Hooks struct {
	Run     *runs.Run
	Started time.Time
	Kind    string   // kind of the run: run, batch, trial, pipeline, step
	Parent  string   // id of the batch of a trial, or of the pipeline of a step
	Sources []Source // in the order of execution
	Env     []string // NAME=VALUE, inherited by hooks

	Warn func(text string) // Warn receives messages about failed hooks; may be nil

	kept []byte // content of the file so far
}

// Any reports whether there is a hook for any event.
func (h *Hooks) Any() bool {
	for _, s := range h.Sources {
		if !s.Hooks.Empty() {
			return true
		}
	}
	return false
}

// command of a hook.
type command struct {
	event  Event
	source string
	line   string
}

// commands returns the hooks of an event, in order.
func (h *Hooks) commands(e Event) (list []command) {
	for _, s := range h.Sources {
		for _, line := range map[Event][]string{OnStart: s.Hooks.Start, OnEnd: s.Hooks.End, OnFail: s.Hooks.Fail}[e] {
			list = append(list, command{e, s.Name, line})
		}
	}
	return list
}

// Round is the execution of the hooks for one or more events.
type Round struct {
	hooks *Hooks
	list  []command
	facts *facts
	err   error // why the facts could not be read
}

// Prepare reads the current data of the run for the hooks of some events.
func (h *Hooks) Prepare(events ...Event) *Round {
	r := &Round{hooks: h}
	for _, e := range events {
		r.list = append(r.list, h.commands(e)...)
	}
	if len(r.list) > 0 {
		r.facts, r.err = h.facts()
	}
	return r
}

// Execute executes the hooks one after the other. When ctx ends, it ends the current hook and skips the others. Rounds of the same Hooks
// must not be executed at the same time.
func (r *Round) Execute(ctx context.Context) {
	h := r.hooks
	for _, c := range r.list {
		err := r.err
		if err == nil {
			err = h.execute(ctx, c, r.facts)
		}
		if err != nil {
			h.warn(fmt.Sprintf("WARNING: hook %s of %s: %v; see 'guild cat --hooks %s'", c.event, c.source, err, h.Run.ShortID()))
		}
	}
}

func (h *Hooks) limit() time.Duration {
	all := make([]hooks.Hooks, len(h.Sources))
	for i, s := range h.Sources {
		all[i] = s.Hooks
	}
	return hooks.Limit(all...)
}

func (h *Hooks) warn(text string) {
	if h.Warn != nil {
		h.Warn(text)
	}
}

// errStopped is the cause if a hook was ended because its worker was told to end.
var errStopped = errors.New("the worker was told to end")

// execute executes one hook and keeps its output. The error says how it failed.
func (h *Hooks) execute(ctx context.Context, c command, facts *facts) error {
	if ctx.Err() != nil {
		return h.add(c, &limited{}, fmt.Errorf("it was not executed: %w", errStopped), 0)
	}
	limit := h.limit()
	timed, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("it was ended after its time limit of %s", limit))
	defer cancel()
	stdin, err := json.Marshal(facts.with(c.event))
	if err != nil {
		return fmt.Errorf("describe the run: %w", err)
	}
	cmd := bounded.Command(timed, "/bin/sh", "-c", c.line)
	cmd.Dir = h.Run.Dir
	cmd.Env = append(append([]string{}, h.Env...), facts.env(c.event)...)
	cmd.Stdin = bytes.NewReader(append(stdin, '\n'))
	out := &limited{}
	cmd.Stdout, cmd.Stderr = out, out
	begun := time.Now()
	err = cmd.Run()
	bounded.End(cmd)
	switch {
	case ctx.Err() != nil:
		err = errStopped
	case timed.Err() != nil:
		err = context.Cause(timed)
	case errors.Is(err, exec.ErrWaitDelay): // a process that it left behind still had its output
		err = nil
	}
	return h.add(c, out, err, time.Since(begun))
}

// facts is the data for hooks: the object of `guild runs list --json` and a few more fields.
type facts struct {
	Event Event `json:"hook"`
	runjson.Run
	Kind    string         `json:"kind"`
	Parent  string         `json:"parent,omitempty"`
	Scalars map[string]any `json:"scalars"` // last values by key
}

// facts reads the data for hooks from the run.
func (h *Hooks) facts() (*facts, error) {
	state := h.Run.State()
	f := &facts{Run: runjson.Of(h.Run, state), Kind: h.Kind, Parent: h.Parent, Scalars: map[string]any{}}
	if state.Err != nil {
		return nil, state.Err
	}
	all, _ := scalars.Read(h.Run) // from a damaged file, what can be read
	for _, s := range all {
		if !s.IsSystem() {
			f.Scalars[s.Key()] = runjson.Value(s.Last.Value)
		}
	}
	return f, nil
}

func (f *facts) with(e Event) *facts {
	g := *f
	g.Event = e
	return &g
}

// env returns the facts as variables. Their names differ from those of the variables of the run's own processes, by which a stop finds the
// processes of a run.
func (f *facts) env(e Event) []string {
	exit := ""
	if f.ExitStatus != nil {
		exit = strconv.Itoa(*f.ExitStatus)
	}
	return []string{
		"GUILD_HOOK=" + string(e),
		"GUILD_RUN_ID=" + f.ID,
		"GUILD_RUN_DIR=" + f.Dir,
		"GUILD_RUN_KIND=" + f.Kind,
		"GUILD_RUN_PARENT=" + f.Parent,
		"GUILD_RUN_OPERATION=" + f.Operation,
		"GUILD_RUN_LABEL=" + f.Label,
		"GUILD_RUN_STATUS=" + string(f.Status),
		"GUILD_RUN_REASON=" + f.Reason,
		"GUILD_RUN_EXIT_STATUS=" + exit,
		"GUILD_RUN_HOST=" + cmp.Or(f.Host, process.Hostname()),
	}
}
