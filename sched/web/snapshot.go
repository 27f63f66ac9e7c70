package web

import "time"

// Snapshot is what the dashboard shows at one moment. Times of runs and schedulers are those of the hosts that wrote them.
type Snapshot struct {
	Now        time.Time   `json:"now"`               // by the clock of the serving host
	Host       string      `json:"host"`              // that serves
	Root       string      `json:"root"`              // the runs root, as the serving host has it mounted
	Zone       string      `json:"zone"`              // in which the page shows times: that of the serving host, see zoneName
	Error      string      `json:"error,omitempty"`   // why the root could not be read
	Actions    bool        `json:"actions,omitempty"` // the page can change runs, see Action
	Chosen     bool        `json:"chosen,omitempty"`  // only some of the runs are shown and counted, see Config.Select
	Schedulers []Scheduler `json:"schedulers"`
	Running    []Run       `json:"running"`  // by scheduler and worker, then the others, the longest running first; no schedulers
	Waiting    []Run       `json:"waiting"`  // in the order of starting, at most 200; then runs that wait for no scheduler
	Finished   []Run       `json:"finished"` // the latest 50, the last ended first
	Counts     Counts      `json:"counts"`
	Throughput Throughput  `json:"throughput"`
}

// Counts of the runs in the root. While Unread is not 0 the other counts are too low by what those are.
type Counts struct {
	Total      int `json:"total"`
	Running    int `json:"running"` // without schedulers
	Staged     int `json:"staged"`
	Pending    int `json:"pending"`
	Completed  int `json:"completed"`
	Error      int `json:"error"`
	Terminated int `json:"terminated"`
	Unread     int `json:"unread"` // not looked at yet
}

// Throughput is how many runs ended in each of the last whole and begun minutes, the oldest first.
type Throughput struct {
	Completed [throughputMinutes]int `json:"completed"` // with exit status 0
	Failed    [throughputMinutes]int `json:"failed"`    // otherwise
}

const throughputMinutes = 30

// Life is how a scheduler fares.
type Life string

// The lives of a scheduler. One that ended in order is no longer shown.
const (
	Live     Life = "live"
	Stopping Life = "stopping"
	Silent   Life = "silent" // its run is owned, but it has written nothing for max(3 × poll interval, 30 s)
	Lost     Life = "lost"   // its process ended without an outcome
)

// Scheduler is one scheduler, on whatever host.
type Scheduler struct {
	ID        string     `json:"id"` // of its run
	ShortID   string     `json:"short_id"`
	Kind      string     `json:"kind"` // "dask:scheduler" or "queue"
	Label     string     `json:"label,omitempty"`
	Host      string     `json:"host"`
	PID       int        `json:"pid"`
	Here      bool       `json:"here,omitempty"` // it serves this page
	Life      Life       `json:"life"`
	Reason    string     `json:"reason,omitempty"` // of Lost
	Started   time.Time  `json:"started"`
	Heartbeat time.Time  `json:"heartbeat"`     // the last sign of life, by the clock of the serving host
	Interval  float64    `json:"poll_interval"` // seconds
	RunOnce   bool       `json:"run_once,omitempty"`
	Paused    bool       `json:"paused,omitempty"` // it starts nothing until it is resumed
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
	Label     string    `json:"label"` // or the flags, where it has none
	Tags      []string  `json:"tags,omitempty"`
	Status    string    `json:"status"`
	Reason    string    `json:"reason,omitempty"`    // why it waits, or was lost
	Host      string    `json:"host,omitempty"`      // where it runs or ran; of a waiting run, where it was made
	Scheduler string    `json:"scheduler,omitempty"` // short id of the scheduler that runs it
	Worker    int       `json:"worker,omitempty"`    // slot of that scheduler
	Position  int       `json:"position,omitempty"`  // in the queue, from 1
	Since     time.Time `json:"since,omitzero"`      // when it started; of a waiting run, when it was staged or made
	Stopped   time.Time `json:"stopped,omitzero"`
	Seconds   float64   `json:"seconds,omitempty"` // that a finished run took
	Exit      *int      `json:"exit,omitempty"`    // exit status, or minus the signal
}
