package web

import "time"

// Snapshot is the content of the dashboard at one moment. Times of runs and schedulers are by the clocks of the hosts that wrote them.
type Snapshot struct {
	Now        time.Time   `json:"now"`               // by the clock of the serving host
	Host       string      `json:"host"`              // the serving host
	Root       string      `json:"root"`              // the runs root, as the serving host has it mounted
	Zone       string      `json:"zone"`              // time zone of the serving host, in which the page shows times, see zoneName
	Error      string      `json:"error,omitempty"`   // why the root could not be read
	Actions    bool        `json:"actions,omitempty"` // the page can change runs, see Action
	Chosen     bool        `json:"chosen,omitempty"`  // only some of the runs are shown and counted, see Config.Select
	Schedulers []Scheduler `json:"schedulers"`
	Running    []Run       `json:"running"`  // by scheduler and worker, then runs without a scheduler, the longest running first; no schedulers
	Waiting    []Run       `json:"waiting"`  // in the order of starting, at most 200; then runs that no scheduler starts
	Finished   []Run       `json:"finished"` // the latest 50, last ended first
	Counts     Counts      `json:"counts"`
	Throughput Throughput  `json:"throughput"`
}

// Counts are numbers of runs in the root. Runs counted as Unread are missing in the counts of statuses.
type Counts struct {
	Total      int `json:"total"`
	Running    int `json:"running"` // without schedulers
	Staged     int `json:"staged"`
	Pending    int `json:"pending"`
	Completed  int `json:"completed"`
	Error      int `json:"error"`
	Terminated int `json:"terminated"`
	Unread     int `json:"unread"` // not read yet
}

// Throughput is the number of runs that ended in each of the last minutes of the clock, oldest first; the last one is not over.
type Throughput struct {
	Completed [throughputMinutes]int `json:"completed"` // with exit status 0
	Failed    [throughputMinutes]int `json:"failed"`    // otherwise
}

const throughputMinutes = 30

// Life is the condition of a scheduler.
type Life string

// The conditions of a scheduler. A scheduler that ended normally is no longer shown.
const (
	Live     Life = "live"
	Stopping Life = "stopping"
	Silent   Life = "silent" // its run is owned, but it has written nothing for max(3 × poll interval, 30 s)
	Lost     Life = "lost"   // its process ended without an outcome
)

// Scheduler is a scheduler on any host.
type Scheduler struct {
	ID        string     `json:"id"` // of its run
	ShortID   string     `json:"short_id"`
	Kind      string     `json:"kind"` // "dask:scheduler" or "queue"
	Label     string     `json:"label,omitempty"`
	Host      string     `json:"host"`
	PID       int        `json:"pid"`
	Here      bool       `json:"here,omitempty"` // it serves this page
	Life      Life       `json:"life"`
	Reason    string     `json:"reason,omitempty"` // why it is Lost
	Started   time.Time  `json:"started"`
	Heartbeat time.Time  `json:"heartbeat"`     // the last sign of life, by the clock of the serving host
	Interval  float64    `json:"poll_interval"` // seconds
	RunOnce   bool       `json:"run_once,omitempty"`
	Paused    bool       `json:"paused,omitempty"` // it starts no runs until it is resumed
	Workers   int        `json:"workers"`          // slots
	Busy      []Slot     `json:"busy"`             // slots that own a run
	Resources []Resource `json:"resources,omitempty"`
	Waiting   int        `json:"waiting"`
	Done      int        `json:"done"`
	Failed    int        `json:"failed"`
	Dashboard string     `json:"dashboard,omitempty"` // its own page
}

// Slot is a worker of a scheduler that owns a run.
type Slot struct {
	Worker int    `json:"worker"` // from 1
	RunID  string `json:"run_id"`
}

// Resource of a scheduler, in the user's own unit.
type Resource struct {
	Name  string  `json:"name"`
	Used  float64 `json:"used"`
	Total float64 `json:"total"`
}

// Run is one row of a list.
type Run struct {
	ID        string    `json:"id"`
	ShortID   string    `json:"short_id"`
	Op        string    `json:"op"`
	Label     string    `json:"label"` // label, or the flags if there is none
	Tags      []string  `json:"tags,omitempty"`
	Status    string    `json:"status"`
	Reason    string    `json:"reason,omitempty"`    // why it waits or was lost
	Host      string    `json:"host,omitempty"`      // where it runs or ran; for a waiting run, where it was made
	Scheduler string    `json:"scheduler,omitempty"` // short id of the scheduler that runs it
	Worker    int       `json:"worker,omitempty"`    // slot of that scheduler
	Position  int       `json:"position,omitempty"`  // in the queue, from 1
	Since     time.Time `json:"since,omitzero"`      // when it started; for a waiting run, when it was staged or made
	Stopped   time.Time `json:"stopped,omitzero"`
	Seconds   float64   `json:"seconds,omitempty"` // duration of a finished run
	Exit      *int      `json:"exit,omitempty"`    // exit status, or minus the signal
}
