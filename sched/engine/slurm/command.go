package slurm

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"strings"
	"time"

	"guild/proc/environ"
	"guild/runs/pattern"
	"guild/sched/engine/command"
)

// commands runs the commands of Slurm.
type commands struct{ command.Runner }

// newCommands returns commands with the environment that jobs should inherit, without the variables of the scheduler's own run and of the
// Slurm job that the scheduler may be in.
func newCommands(patience time.Duration) commands {
	return commands{command.Runner{Env: outsideOfJobs(environ.OuterList()), Patience: patience}}
}

// outsideOfJobs removes variables that describe a Slurm job, but keeps those that select the Slurm installation and cluster.
func outsideOfJobs(env []string) []string {
	var kept []string
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "SLURM_") && name != "SLURM_CONF" && name != "SLURM_CLUSTERS" {
			continue
		}
		kept = append(kept, kv)
	}
	return kept
}

// failure is the error of a command.
type failure struct {
	command  string
	text     string // what it printed on standard error
	cause    error
	noAnswer bool // it ended without an answer of Slurm, which may have carried out the request or not
}

func (f *failure) Error() string {
	if f.text != "" {
		return f.command + ": " + f.text
	}
	return f.command + ": " + f.cause.Error()
}

func (f *failure) Unwrap() error { return f.cause }

// missing reports whether this host does not have the command.
func (f *failure) missing() bool {
	return errors.Is(f.cause, exec.ErrNotFound) || errors.Is(f.cause, fs.ErrNotExist)
}

var (
	noController = pattern.Lazy(`(?i)unable to contact|socket timed out|connect(ion)? (failure|refused)|zero bytes were transmitted|` +
		`communication|unexpected message|transport endpoint|controller not responding`)
	submitLimit = pattern.Lazy(`(?i)(Max|Grp)Submit\w*Limit`)
	notNow      = pattern.Lazy(`(?i)temporarily|try again`)
)

// ambiguous reports whether Slurm may have carried out the request nevertheless.
func (f *failure) ambiguous() bool { return f.noAnswer || noController().MatchString(f.text) }

// run runs a command and returns its standard output. The error is a *failure.
func (c commands) run(ctx context.Context, stdin, name string, args ...string) (string, error) {
	out, errs, err := c.Run(ctx, stdin, name, args...)
	if err == nil {
		return out, nil
	}
	f := &failure{command: name, text: stderrLine(errs), cause: err}
	var exit *exec.ExitError
	switch {
	case errors.Is(err, command.ErrNoAnswer), ctx.Err() != nil:
		f.text, f.noAnswer = "", true
	case errors.As(err, &exit) && exit.ExitCode() < 0: // killed by a signal
		f.noAnswer = true
	}
	return out, f
}

// stderrLine returns what a command printed on standard error as one line, without the command's name.
func stderrLine(text string) string {
	const most = 300 // bytes
	var all []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if _, rest, ok := strings.Cut(line, ": error: "); ok {
			line = rest
		}
		if line != "" {
			all = append(all, line)
		}
	}
	joined := strings.Join(all, "; ")
	if len(joined) > most {
		joined = strings.ToValidUTF8(joined[:most], "") + "..."
	}
	return joined
}
