// Package state defines what a scheduler publishes about itself: one JSON file in its own run directory, replaced as a whole, so that every
// dashboard on every host can show every scheduler by reading the store.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"guild/runs"
	"guild/runs/plainfile"
)

// File is the name of the state file below .guild of the scheduler's run.
const File = "scheduler.json"

// State describes one scheduler. Times are by the clock of the scheduler's host.
type State struct {
	Kind         string             `json:"kind"` // such as "dask:scheduler" or "queue"
	RunID        string             `json:"run_id"`
	Host         string             `json:"host"`
	PID          int                `json:"pid"`
	Started      time.Time          `json:"started"`
	Heartbeat    time.Time          `json:"heartbeat"`     // when the file was last written: after changes, and about every 10 s
	Interval     float64            `json:"poll_interval"` // seconds
	Workers      int                `json:"workers"`       // slots
	RunOnce      bool               `json:"run_once"`
	Stopping     bool               `json:"stopping"`
	Paused       bool               `json:"paused,omitempty"`    // it starts no runs until it is resumed
	Resources    map[string]float64 `json:"resources,omitempty"` // capacities
	Used         map[string]float64 `json:"used,omitempty"`      // amounts of Resources that the runs under way use
	Running      []Running          `json:"running"`
	Recent       []Ended            `json:"recent,omitempty"` // runs that ended in the last RecentFor, oldest first, at most MaxRecent
	Waiting      []Waiting          `json:"waiting"`
	WaitingTotal int                `json:"waiting_total"` // number of waiting runs; Waiting has at most MaxWaiting of them
	Done         int                `json:"done"`          // runs that ended with exit status 0
	Failed       int                `json:"failed"`        // runs that ended otherwise
	Dashboard    string             `json:"dashboard,omitempty"`
	Engine       string             `json:"engine"`            // local, dask, slurm, batch
	Cluster      string             `json:"cluster,omitempty"` // of the engine: name or address
}

// Running is a run that the engine has. In the local engine it has a worker process.
type Running struct {
	Worker int       `json:"worker,omitempty"` // local: slot, from 1
	RunID  string    `json:"run_id"`
	PID    int       `json:"pid,omitempty"` // local: process of the worker
	Since  time.Time `json:"since"`
	Job    string    `json:"job,omitempty"`   // the engine's name for the job
	Node   string    `json:"node,omitempty"`  // host that executes it, if known
	Waits  string    `json:"waits,omitempty"` // why the engine has not started it yet; empty after the start
}

// Ended is a run that has ended. Its status is in the run itself.
type Ended struct {
	Worker int       `json:"worker,omitempty"` // see Running
	RunID  string    `json:"run_id"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until"`
}

// Limits of Recent, which is written at each change and read by every dashboard.
const (
	RecentFor = 30 * time.Minute
	MaxRecent = 256
)

// Waiting is a staged run that this scheduler knows and has not started.
type Waiting struct {
	RunID  string    `json:"run_id"`
	Since  time.Time `json:"since"`
	Reason string    `json:"reason,omitempty"` // empty: it waits for a free worker
}

// noWorker is the reason why a run waits that waits for nothing else.
const noWorker = "waiting for a free worker"

// WhyWaits returns the reason why a run waits.
func (s *State) WhyWaits(w Waiting) string {
	if w.Reason != "" {
		return w.Reason
	}
	return noWorker
}

// MaxWaiting is the most runs in Waiting.
const MaxWaiting = 200

// Write publishes s in the scheduler's run directory.
func Write(r *runs.Run, s *State) error {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("publish the scheduler's state: %w", err)
	}
	if err := r.ReplaceFile(File, append(data, '\n')); err != nil {
		return fmt.Errorf("publish the scheduler's state: %w", err)
	}
	return nil
}

// Read returns what the scheduler of run r published last. The error is an fs.ErrNotExist for a run that is not a scheduler.
func Read(r *runs.Run) (*State, error) {
	data, err := plainfile.Read(filepath.Join(r.Dir, ".guild", File))
	if err != nil {
		return nil, fmt.Errorf("read the scheduler's state: %w", err)
	}
	var s State
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("read the scheduler's state: %w", err)
	}
	return &s, nil
}

// IsScheduler reports whether a run has ever published a state.
func IsScheduler(r *runs.Run) bool {
	_, err := os.Stat(r.GuildPath(File))
	return !errors.Is(err, fs.ErrNotExist)
}
