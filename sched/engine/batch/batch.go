// Package batch starts claimed runs through the commands of a batch system: PBS, LSF, SGE, HyperQueue, Kubernetes and others. The user
// names the commands. The system is only asked whether a job exists; everything else is in the store.
package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"guild/proc/environ"
	"guild/runs"
	"guild/runs/words"
	"guild/sched/engine"
	"guild/sched/engine/command"
)

// Config of a batch system. A shell executes the commands. In them {name} stands for the job's name, {script} for a file with its script,
// and {id} for the id that the system gave to the job.
type Config struct {
	Submit string // gets the script on standard input where it has no {script}
	Alive  string // exit status 0: the system knows the job; empty: a job is known until its run begins
	Cancel string // empty: jobs are not cancelled; when they start, they find nothing to do
	ID     string // regular expression on the output of Submit; its first group, or all of it, is the id
	Setup  string // lines of shell in the script before the run is started

	Self  *runs.Run // the scheduler's run: scripts are kept in its .guild/jobs
	Store *runs.Store
	Room  int // jobs at a time, waiting and running
}

// DefaultID matches the first word of the output that begins with a digit.
const DefaultID = `\b\d[^\s'"<>]*`

// Engine is a batch system.
type Engine struct {
	cfg   Config
	id    *regexp.Regexp
	exe   string
	asked map[string]answer // by token
}

// Open checks the configuration. It runs none of the commands.
func Open(cfg Config) (*Engine, error) {
	if strings.TrimSpace(cfg.Submit) == "" {
		return nil, errors.New(`flag submit is missing: the command that submits a job, such as submit='qsub -N {name}'`)
	}
	if cfg.ID == "" {
		cfg.ID = DefaultID
	}
	id, err := regexp.Compile(cfg.ID)
	if err != nil {
		return nil, fmt.Errorf("flag id is no regular expression: %w", err)
	}
	for flag, command := range map[string]string{"alive": cfg.Alive, "cancel": cfg.Cancel} {
		if command != "" && !strings.Contains(command, "{id}") && !strings.Contains(command, "{name}") {
			return nil, fmt.Errorf("flag %s=%q names no job: put {id} or {name} into it", flag, command)
		}
	}
	exe, err := environ.Executable()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.Self.GuildPath("jobs"), 0o777); err != nil {
		return nil, fmt.Errorf("keep the scripts of jobs: %w", err)
	}
	return &Engine{cfg: cfg, id: id, exe: exe, asked: map[string]answer{}}, nil
}

// Traits of a batch system: waiting jobs outlive the scheduler. The name of the cluster is the command that submits.
func (e *Engine) Traits() engine.Traits {
	return engine.Traits{Kind: "batch", Cluster: e.cfg.Submit, Queues: true, Survives: true}
}

// Room returns the scheduler's number of workers.
func (e *Engine) Room() int { return e.cfg.Room }

// Fits accepts everything: the batch system decides.
func (*Engine) Fits(engine.Needs) string { return "" }

// Events is nil: batch systems are polled.
func (*Engine) Events() <-chan engine.Event { return nil }

// Close has nothing to release.
func (*Engine) Close() {}

// Submit submits jobs one by one. A command that did not end in time may have submitted its job.
func (e *Engine) Submit(ctx context.Context, jobs []*engine.Job) {
	for _, j := range jobs {
		e.submit(ctx, j)
	}
}

func (e *Engine) submit(ctx context.Context, j *engine.Job) {
	j.Name = runs.JobName(j.Token)
	script := e.script(j)
	path := e.cfg.Self.GuildPath("jobs", j.Name+".sh")
	stdin := script
	if strings.Contains(e.cfg.Submit, "{script}") {
		if err := os.WriteFile(path, []byte(script), 0o777); err != nil {
			j.Err = fmt.Errorf("write the job's script: %w", err)
			return
		}
		stdin = ""
	}
	out, err := shell(ctx, e.expand(e.cfg.Submit, j, path), stdin)
	switch {
	case errors.Is(err, command.ErrNoAnswer):
		j.Ambiguous = true
	case err != nil:
		j.Err = err
	default:
		if m := e.id.FindStringSubmatch(out); m != nil {
			j.Ref = m[len(m)-1]
			return
		}
		j.Ref = j.Name
		if e.needsID() {
			j.Ref = ""
			j.Err = fmt.Errorf("flag id: %q finds no job id in what submit printed%s", e.cfg.ID, cmp.Or(quoted(out), ": nothing"))
		}
	}
}

// needsID reports whether the commands name jobs by the ids of the system. Then a job whose id is not known cannot be followed: its run is
// staged again, and the job will find nothing to do.
func (e *Engine) needsID() bool {
	return strings.Contains(e.cfg.Alive, "{id}") || strings.Contains(e.cfg.Cancel, "{id}")
}

// script returns the script of a job: the set-up and, if that succeeds, the start of the run. It uses exec so that signals of the batch
// system reach the worker.
func (e *Engine) script(j *engine.Job) string {
	argv := []string{e.exe, "sys", "work", j.Run.Dir, e.cfg.Store.Home(), j.Token}
	setup := ""
	if e.cfg.Setup != "" {
		setup = "set -e\n" + e.cfg.Setup + "\n"
	}
	return "#!/bin/sh\n" + setup + "exec " + words.Join(argv) + "\n"
}

func (e *Engine) expand(template string, j *engine.Job, script string) string {
	return strings.NewReplacer("{name}", words.Join([]string{j.Name}), "{script}", words.Join([]string{script}),
		"{id}", words.Join([]string{j.Ref})).Replace(template)
}

// answer is the system's latest answer about a job.
type answer struct {
	at      time.Time
	unknown bool
}

// maxQuestions limits how many jobs the system is asked about in one poll. Each question is a process, and the scheduler waits for it.
const maxQuestions = 50

// Known asks about one job after the other: first about the jobs that the system did not know in the last poll, then about those whose last
// question is the longest ago. It reports all others as known. A job without an id, because its submission gave no answer or was never
// made, is missing unless the commands name jobs by their names.
func (e *Engine) Known(ctx context.Context, jobs []*engine.Job) (map[string]engine.State, error) {
	states := map[string]engine.State{}
	asked := make(map[string]answer, len(jobs))
	for _, j := range jobs {
		asked[j.Token] = e.asked[j.Token]
	}
	e.asked = asked // drops jobs that are over
	jobs = slices.SortedStableFunc(slices.Values(jobs), func(a, b *engine.Job) int {
		x, y := asked[a.Token], asked[b.Token]
		if x.unknown != y.unknown {
			return cmp.Compare(btoi(y.unknown), btoi(x.unknown))
		}
		return x.at.Compare(y.at)
	})
	questions := 0
	for _, j := range jobs {
		known := true
		switch {
		case !j.Ended.IsZero(): // the system is not asked why it ended a job
			states[j.Token] = engine.State{Progress: engine.Ended}
			continue
		case j.Ref == "" && (e.cfg.Alive == "" || strings.Contains(e.cfg.Alive, "{id}")):
			known = false
		case e.cfg.Alive == "" || questions == maxQuestions:
		default:
			questions++
			var err error
			if known, err = e.alive(ctx, j); err != nil {
				return nil, err
			}
			asked[j.Token] = answer{time.Now(), !known}
		}
		if known {
			states[j.Token] = engine.State{}
		}
	}
	return states, nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// alive asks whether the system knows a job. The error means that the command gave no answer.
func (e *Engine) alive(ctx context.Context, j *engine.Job) (bool, error) {
	_, err := shell(ctx, e.expand(e.cfg.Alive, j, ""), "")
	var exit *exec.ExitError
	if errors.As(err, &exit) && !slices.Contains(noAnswers[:], exit.ExitCode()) {
		return false, nil
	}
	return err == nil, err
}

// noAnswers are the exit statuses that do not answer the question about a job: the command was killed, could not be executed, or does not
// exist. Others above 128 are answers: PBS exits with 153 for a job that it does not know.
var noAnswers = [...]int{-1, 126, 127, 128 + int(syscall.SIGINT), 128 + int(syscall.SIGKILL), 128 + int(syscall.SIGTERM)}

// Cancel cancels jobs. A job that cannot be cancelled will find nothing to do.
func (e *Engine) Cancel(ctx context.Context, jobs []*engine.Job) {
	for _, j := range jobs {
		if e.cfg.Cancel != "" && (j.Ref != "" || !strings.Contains(e.cfg.Cancel, "{id}")) {
			_, _ = shell(ctx, e.expand(e.cfg.Cancel, j, ""), "")
		}
	}
}

// shell executes a shell command in the environment that jobs should inherit.
func shell(ctx context.Context, line, stdin string) (out string, err error) {
	run := command.Runner{Env: environ.OuterList(), Patience: command.DefaultPatience}
	out, errs, err := run.Run(ctx, stdin, "/bin/sh", "-c", line)
	if err != nil {
		return "", fmt.Errorf("%s: %w%s", line, err, quoted(errs))
	}
	return out, nil
}

// quoted returns a colon and the last line of a text that is not blank; empty if there is none.
func quoted(text string) string {
	if last := command.LastLine(text); last != "" {
		return ": " + last
	}
	return ""
}
