// Package slurm starts claimed runs as jobs of Slurm, by the commands sbatch, squeue, scancel and scontrol. It asks accounting (sacct) if
// that works, but does not need it.
//
// Runs of equal needs are submitted together, as one array. Slurm's answers about a job are used for three things only: why it waits, that
// it will never begin its run, and why it was ended from outside.
package slurm

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"guild/proc/environ"
	"guild/runs"
	"guild/runs/words"
	"guild/sched/engine"
	"guild/sched/engine/command"
)

// Config of a scheduler that submits to Slurm.
type Config struct {
	Options  map[string]string // by OptionNames; runs override them
	Setup    string            // lines of shell in the script before the run is started
	Sbatch   string            // further options of sbatch, as a shell would split them
	Warn     int               // seconds before the time limit at which operations get SIGUSR2; 0: none
	Arrays   bool              // submit runs of equal needs together
	MaxNodes int               // jobs at a time with OpenNodes

	Self    *runs.Run // the scheduler's run: output of jobs is kept in its .guild/jobs
	Store   *runs.Store
	Room    int  // jobs at a time, waiting and running
	RunOnce bool // with OpenNodes: jobs end when nothing waits
	Log     zerolog.Logger

	Patience time.Duration // longest time for each command; zero is 30 s
}

// Engine is a Slurm cluster.
type Engine struct {
	cfg   Config
	exe   string
	extra []string // of Config.Sbatch
	run   commands
	facts facts
	names names
	pause pause
	limit limit

	noAccounting bool // sacct has failed: it is not asked again
}

// Open connects to the cluster. The error says what is missing, such as the commands, the controller, or the partition.
func Open(ctx context.Context, cfg Config) (*Engine, error) {
	e, err := open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	how := "one job for each run"
	if e.cfg.Arrays {
		how = fmt.Sprintf("arrays of up to %d", e.facts.arraySize())
	}
	if p := cfg.Options["partition"]; p != "" {
		how = "partition " + p + ", " + how
	}
	cfg.Log.Info().Msgf("Submitting to Slurm cluster %s (%s)", e.facts.cluster, how)
	return e, nil
}

func open(ctx context.Context, cfg Config) (*Engine, error) {
	if cfg.Patience == 0 {
		cfg.Patience = command.DefaultPatience
	}
	extra, err := words.Split(cfg.Sbatch)
	if err != nil {
		return nil, fmt.Errorf("flag sbatch=%s: %w", cfg.Sbatch, err)
	}
	exe, err := environ.Executable()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.outputDir(), 0o777); err != nil {
		return nil, fmt.Errorf("keep the output of jobs: %w", err)
	}
	e := &Engine{cfg: cfg, exe: exe, extra: extra, run: newCommands(cfg.Patience)}
	if e.facts, err = connect(ctx, e.run, append(options(cfg.Options, engine.Needs{}), extra...)); err != nil {
		return nil, err
	}
	rows, err := e.squeue(ctx)
	if err != nil {
		return nil, withNextStep(err)
	}
	cfg.Log.Debug().Msgf("Slurm %s, KillWait %s, MinJobAge %s", e.facts.version, e.facts.killWait, e.facts.minJobAge)
	const shortMemory = 30 * time.Second // the scheduler may ask about jobs less often than this
	if e.facts.minJobAge < shortMemory {
		cfg.Log.Warn().Msgf("Slurm forgets jobs %s after their end (MinJobAge): the reason why it ended a run may stay unknown", e.facts.minJobAge)
	}
	e.names = newNames("guild-"+cfg.Self.ShortID()+"-", rows)
	return e, nil
}

// Traits returns the properties of Slurm: waiting jobs outlive the scheduler.
func (e *Engine) Traits() engine.Traits {
	return engine.Traits{Kind: "slurm", Cluster: e.facts.cluster, Queues: true, Survives: true}
}

// Room returns the number of further jobs to submit: the user's limit, or less if Slurm has refused more; 0 for a while after a failed
// submission.
func (e *Engine) Room() int {
	if e.limit.on {
		return e.limit.room(e.underWay())
	}
	if e.pause.active() {
		return 0
	}
	return e.cfg.Room
}

// underWay returns the number of runs that wait or run in Slurm.
func (e *Engine) underWay() int {
	claims, err := e.cfg.Store.Claims()
	if err != nil {
		return e.limit.count // the scheduler reads the claims too and logs the error
	}
	n := 0
	for _, c := range claims {
		if c.Engine == "slurm" {
			n++
		}
	}
	return n
}

// Fits returns a reason if a run needs resources for which Slurm has no option. Slurm itself decides about the rest.
func (*Engine) Fits(n engine.Needs) string { return fits(n) }

// Events is nil: Slurm is polled.
func (*Engine) Events() <-chan engine.Event { return nil }

// Close has nothing to release.
func (*Engine) Close() {}

// Cancel cancels jobs. A job that cannot be cancelled will find nothing to do.
func (e *Engine) Cancel(ctx context.Context, jobs []*engine.Job) {
	var refs []string
	var rows []row
	for _, j := range jobs {
		if j.Ref == "" && j.Name != "" && rows == nil {
			rows, _ = e.squeue(ctx)
		}
		if r, ok := find(rows, j); ok && j.Ref == "" {
			refs = append(refs, r.ref)
		} else if j.Ref != "" {
			refs = append(refs, j.Ref)
		}
	}
	const atOnce = 500
	for len(refs) > 0 {
		n := min(len(refs), atOnce)
		if _, err := e.run.run(ctx, "", "scancel", refs[:n]...); err != nil {
			e.cfg.Log.Debug().Msgf("Cancelling %s: %v", strings.Join(refs[:n], " "), err)
		}
		refs = refs[n:]
	}
}
