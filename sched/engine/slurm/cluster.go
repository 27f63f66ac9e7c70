package slurm

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// facts are values from the cluster's configuration.
type facts struct {
	cluster      string
	version      string
	maxArraySize int           // limit of array indexes, exclusive; 0: no arrays
	killWait     time.Duration // from SIGTERM to SIGKILL at the end of a job
	minJobAge    time.Duration // how long squeue shows jobs after their end
}

// parseConfig reads the output of `scontrol show config`.
func parseConfig(out string) (facts, error) {
	values := map[string]string{}
	for line := range strings.Lines(out) {
		if name, value, ok := strings.Cut(line, "="); ok {
			values[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	f := facts{cluster: values["ClusterName"], version: values["SLURM_VERSION"]}
	if f.cluster == "" {
		return f, errors.New("'scontrol show config' does not say ClusterName")
	}
	// Missing values are Slurm's defaults.
	f.maxArraySize = number(values["MaxArraySize"], 1001)
	f.killWait = time.Duration(number(values["KillWait"], 30)) * time.Second
	f.minJobAge = time.Duration(number(values["MinJobAge"], 300)) * time.Second
	return f, nil
}

// number parses a value such as `30 sec`; otherwise is returned for invalid values.
func number(value string, otherwise int) int {
	word, _, _ := strings.Cut(value, " ")
	n, err := strconv.Atoi(word)
	if err != nil || n < 0 {
		return otherwise
	}
	return n
}

// grace returns the seconds between SIGTERM and SIGKILL for an operation. They leave its worker time to write the outcome before Slurm
// kills it too.
func (f facts) grace() int {
	const (
		most    = 30
		writing = 5
	)
	return max(1, min(most, int(f.killWait/time.Second)-writing))
}

// mostTasks limits the size of arrays, so that the script with its table of runs stays small.
const mostTasks = 1000

// arraySize returns the number of runs in one array.
func (f facts) arraySize() int { return max(1, min(f.maxArraySize-1, mostTasks)) }

// connect reads the cluster's configuration and checks whether the cluster accepts jobs with the given options.
func connect(ctx context.Context, run commands, options []string) (facts, error) {
	out, err := run.run(ctx, "", "scontrol", "show", "config")
	if err != nil {
		return facts{}, withNextStep(err)
	}
	f, err := parseConfig(out)
	if err != nil {
		return facts{}, err
	}
	_, err = run.run(ctx, "#!/bin/sh\ntrue\n", "sbatch", append([]string{"--test-only"}, options...)...)
	var refusal *failure
	if errors.As(err, &refusal) && !refusal.missing() && !refusal.ambiguous() {
		if submitLimit().MatchString(refusal.text) || notNow().MatchString(refusal.text) || strings.Contains(refusal.text, "drained") {
			return f, nil // such jobs wait in the queue by themselves
		}
		return f, fmt.Errorf("slurm refuses jobs with these flags (%s): %s", strings.Join(options, " "), withListCommand(refusal.text))
	}
	if err != nil {
		return f, withNextStep(err)
	}
	return f, nil
}

// withNextStep adds the next step for the user to the error of a command that did not reach Slurm.
func withNextStep(err error) error {
	var f *failure
	switch {
	case !errors.As(err, &f):
		return err
	case f.missing():
		return fmt.Errorf("this host has no %s; start the scheduler on a host with the commands of Slurm, such as a login node", f.command)
	case f.ambiguous():
		return fmt.Errorf("the controller of Slurm does not answer: %w; 'scontrol ping' shows when it is back", err)
	}
	return fmt.Errorf("%w; 'scontrol ping' and SLURM_CONF show which Slurm this host belongs to", err)
}

// withListCommand adds to a refusal of sbatch the command that lists the valid values.
func withListCommand(text string) string {
	lower := strings.ToLower(text)
	for _, c := range []struct{ word, cure string }{
		{"partition", "'sinfo -s' lists the partitions"},
		{"account", "'sacctmgr show assoc user=$USER' lists accounts and QOS"},
		{"qos", "'sacctmgr show assoc user=$USER' lists accounts and QOS"},
		{"generic resource", "'sinfo -o %P,%G' lists the generic resources"},
		{"feature", "'sinfo -o %P,%f' lists what constraint can name"},
		{"node configuration", "'sinfo -o %P,%c,%m,%G' lists CPUs, memory and generic resources of the nodes"},
		{"time", "a time is MINUTES, HOURS:MINUTES:SECONDS or DAYS-HOURS"},
	} {
		if strings.Contains(lower, c.word) {
			return text + "; " + c.cure
		}
	}
	return text
}
