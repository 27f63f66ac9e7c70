package slurm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"

	"guild/proc/environ"
)

// defaultPatience is how long a command of Slurm may take.
const defaultPatience = 30 * time.Second

// commands runs the commands of Slurm.
type commands struct {
	env      []string
	patience time.Duration
}

// newCommands returns commands with the environment that jobs should inherit: nothing of the scheduler's own run, and nothing of a job
// that the scheduler is itself part of.
func newCommands(patience time.Duration) commands {
	return commands{env: outsideOfJobs(environ.OuterList()), patience: patience}
}

// outsideOfJobs leaves out what Slurm says of a job, and keeps what says which Slurm is meant.
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

// failure of a command.
type failure struct {
	command string
	text    string // what it printed on standard error
	cause   error
	mute    bool // it ended without an answer of Slurm, which may or may not have done what was asked
}

func (f *failure) Error() string {
	if f.text != "" {
		return f.command + ": " + f.text
	}
	return f.command + ": " + f.cause.Error()
}

func (f *failure) Unwrap() error { return f.cause }

// missing reports that this host does not have the command.
func (f *failure) missing() bool {
	return errors.Is(f.cause, exec.ErrNotFound) || errors.Is(f.cause, fs.ErrNotExist)
}

var (
	noController = regexp.MustCompile(`(?i)unable to contact|socket timed out|connect(ion)? (failure|refused)|zero bytes were transmitted|` +
		`communication|unexpected message|transport endpoint|controller not responding`)
	submitLimit = regexp.MustCompile(`(?i)(Max|Grp)Submit\w*Limit`)
	notNow      = regexp.MustCompile(`(?i)temporarily|try again`)
)

// ambiguous reports that what was asked may have been done all the same.
func (f *failure) ambiguous() bool { return f.mute || noController.MatchString(f.text) }

// run runs a command and returns its standard output. The error is a *failure.
func (c commands) run(ctx context.Context, stdin, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.patience, fmt.Errorf("no answer within %s", c.patience))
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = c.env
	cmd.Dir = "/" // jobs inherit it, and every node has it
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if err == nil || errors.Is(err, exec.ErrWaitDelay) && ctx.Err() == nil { // a process that it left behind has its output
		return stdout.String(), nil
	}
	f := &failure{command: name, text: sayings(stderr.String()), cause: err}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		f.cause, f.text, f.mute = context.Cause(ctx), "", true
	case errors.As(err, &exit) && exit.ExitCode() < 0: // a signal
		f.mute = true
	}
	return stdout.String(), f
}

// sayings is what a command printed on standard error, in one line, without the name of the command.
func sayings(text string) string {
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
