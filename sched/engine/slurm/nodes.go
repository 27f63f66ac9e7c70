package slurm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/words"
	"guild/sched/engine"
)

// defaultNodes is the default number of node jobs at a time.
const defaultNodes = 4

// askNodes is the least time between two questions to Slurm about the node jobs.
const askNodes = 5 * time.Second

// Nodes starts many short runs in few jobs. Each node job is a scheduler on its node, which itself claims the runs that fit into its
// remaining time. Nodes adds jobs while runs wait. At most one node job waits at a time, so that there are not more jobs than nodes.
type Nodes struct {
	*Engine

	jobs   map[string]bool // names of jobs that have not ended
	asked  time.Time
	seen   []runs.Marker // staged runs when Slurm was last asked
	before []string      // ids of the runs that waited when the last job was submitted
	idle   pause         // no submission for a while if jobs start none of the waiting runs
	wake   chan engine.Event
	timer  *time.Timer
}

// OpenNodes connects to the cluster as Open does.
func OpenNodes(ctx context.Context, cfg Config) (*Nodes, error) {
	if cfg.MaxNodes == 0 {
		cfg.MaxNodes = defaultNodes
	}
	e, err := open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	cfg.Log.Info().Msgf("Starting schedulers on nodes of Slurm cluster %s (at most %d at a time)", e.facts.cluster, cfg.MaxNodes)
	return &Nodes{Engine: e, jobs: map[string]bool{}, wake: make(chan engine.Event, 1)}, nil
}

// Traits returns the properties of node jobs: they claim staged runs, and need no queued ones.
func (n *Nodes) Traits() engine.Traits { return engine.Traits{Kind: "slurm", Cluster: n.facts.cluster} }

// Room is 0: the node jobs claim the runs.
func (*Nodes) Room() int { return 0 }

// Events wakes the scheduler when the node jobs are to be looked at again.
func (n *Nodes) Events() <-chan engine.Event { return n.wake }

// Busy reports whether node jobs wait or run.
func (n *Nodes) Busy() bool { return len(n.jobs) > 0 }

// Close cancels waiting node jobs. Running ones go on until they have nothing to do.
func (n *Nodes) Close() {
	if n.timer != nil {
		n.timer.Stop()
	}
	var waiting []string
	for name := range n.jobs {
		waiting = append(waiting, name)
	}
	if len(waiting) == 0 {
		return
	}
	slices.Sort(waiting)
	if _, err := n.run.run(context.Background(), "", "scancel", "--state=PENDING", "--me", "--name="+strings.Join(waiting, ",")); err != nil {
		n.cfg.Log.Warn().Msgf("Cancelling node jobs: %v", err)
	}
}

// Known returns nothing: runs are in the hands of the node jobs.
func (*Nodes) Known(context.Context, []*engine.Job) (map[string]engine.State, error) {
	return map[string]engine.State{}, nil
}

// Cancel does nothing: no run has a job of its own.
func (*Nodes) Cancel(context.Context, []*engine.Job) {}

// Submit adds a node job if runs wait and no node job does.
func (n *Nodes) Submit(ctx context.Context, _ []*engine.Job) {
	if time.Since(n.asked) < askNodes {
		return
	}
	staged, err := n.cfg.Store.Staged(n.seen)
	if err != nil { // the scheduler reads the markers too and logs the error
		return
	}
	n.seen = staged
	if len(staged) == 0 && len(n.jobs) == 0 {
		return
	}
	n.asked = time.Now()
	n.lookAgain()
	rows, err := n.squeue(ctx)
	if err != nil {
		n.cfg.Log.Warn().Msgf("Looking at node jobs: %v", err)
		return
	}
	waiting := n.update(rows)
	if len(staged) == 0 || waiting > 0 || len(n.jobs) >= n.cfg.MaxNodes || n.pause.active() || n.idle.active() {
		return
	}
	n.grow(ctx, staged)
}

func (n *Nodes) lookAgain() {
	if n.timer != nil {
		n.timer.Stop()
	}
	n.timer = time.AfterFunc(askNodes, func() {
		select {
		case n.wake <- engine.Event{Token: "node jobs"}: // about no run; it only wakes the scheduler
		default:
		}
	})
}

// update records the current node jobs, including those of an earlier start of this scheduler. It returns how many of them wait.
func (n *Nodes) update(rows []row) (waiting int) {
	was := n.jobs
	n.jobs = map[string]bool{}
	for _, r := range rows {
		if !strings.HasPrefix(r.name, n.names.prefix) {
			continue
		}
		switch progress(r.state) {
		case engine.Ended:
			if was[r.name] {
				n.ended(r)
			}
			continue
		case engine.Waiting:
			waiting++
		}
		n.jobs[r.name] = true
	}
	return waiting
}

func (n *Nodes) ended(r row) {
	if r.state == "COMPLETED" {
		path := filepath.Join(n.cfg.outputDir(), r.ref+".out")
		if st, err := os.Stat(path); err == nil && st.Size() == 0 {
			_ = os.Remove(path)
		}
		n.cfg.Log.Info().Msgf("Node job %s ended", r.ref)
		return
	}
	n.cfg.Log.Warn().Msgf("Node job %s ended: %s", r.ref, joinNonEmpty(strings.ToLower(r.state), n.lastLine(r.ref)))
	if r.state == "FAILED" || r.state == "BOOT_FAIL" { // do not try again too soon
		n.pause.longer()
	}
}

// grow submits a node job, unless the previous ones have started none of the waiting runs.
func (n *Nodes) grow(ctx context.Context, staged []runs.Marker) {
	ids := make([]string, len(staged))
	for i, m := range staged {
		ids[i] = m.ID
	}
	slices.Sort(ids)
	if slices.Equal(ids, n.before) {
		if len(n.jobs) > 0 { // a job has just begun, or the waiting runs do not fit
			return
		}
		n.idle.longer()
		n.before = nil
		n.cfg.Log.Warn().Msgf("The last node job started none of the %d run(s) that wait: 'guild runs --staged' lists them", len(ids))
		return
	}
	name := n.names.next()
	args := append([]string{"--parsable", "--no-requeue", "--job-name=" + name, "--open-mode=append",
		"--output=" + n.cfg.outputPattern("%j.out")}, options(n.cfg.Options, engine.Needs{})...)
	if n.cfg.Options["cpus"] == "" {
		args = append(args, "--exclusive") // the whole node
	}
	out, err := n.run.run(context.WithoutCancel(ctx), n.script(), "sbatch", append(args, n.extra...)...)
	var f *failure
	m := jobID().FindStringSubmatch(out)
	switch {
	case errors.As(err, &f) && f.ambiguous(), err == nil && m == nil:
		n.jobs[name] = true // it counts as submitted until squeue says otherwise
		n.pause.longer()
		n.cfg.Log.Warn().Msgf("Slurm did not say whether it took node job %s: %v", name, err)
	case err != nil:
		n.pause.longer()
		n.cfg.Log.Error().Msgf("Slurm refuses a node job: %v", err)
	default:
		n.pause.over()
		n.idle.over()
		n.before = ids
		n.jobs[name] = true
		n.cfg.Log.Info().Msgf("Submitted node job %s for %d run(s) that wait", m[1], len(ids))
	}
}

// idleSeconds is the time after which a node job without runs ends.
const idleSeconds = 60

// script returns the script of a node job. Its scheduler logs to its own run.
func (n *Nodes) script() string {
	var b strings.Builder
	n.cfg.head(&b, n.facts)
	argv := []string{n.exe, "-H", n.cfg.Store.Home(), "run", "slurm:node", fmt.Sprintf("idle=%d", idleSeconds), "poll-interval=2", "-y", "-q"}
	if n.cfg.RunOnce {
		argv = append(argv, "run-once=yes")
	}
	fmt.Fprintf(&b, "exec %s >/dev/null\n", words.Join(argv))
	return b.String()
}
