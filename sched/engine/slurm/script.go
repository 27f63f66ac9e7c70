package slurm

import (
	"fmt"
	"strings"

	"guild/runs/words"
	"guild/sched/engine"
)

// script returns the script for the jobs of one submission. It contains the table of the runs: Slurm carries the script to the node, so no
// other file has to be visible there in time.
//
// It uses exec because Slurm signals only its own child at the end of a job, and kills all processes of a job once that child has ended.
func (e *Engine) script(jobs []*engine.Job) string {
	var b strings.Builder
	e.cfg.head(&b, e.facts)
	b.WriteString("case ${SLURM_ARRAY_TASK_ID:-0} in\n")
	for i, j := range jobs {
		fmt.Fprintf(&b, "%d) set -- %s;;\n", i, words.Join([]string{j.Run.Dir, j.Token}))
	}
	b.WriteString("*) echo \"guild: no run has number $SLURM_ARRAY_TASK_ID\" >&2; exit 1;;\nesac\n")
	// Slurm's numbers of the job's GPUs override those that the run was staged with.
	b.WriteString("[ -n \"$SLURM_JOB_GPUS\" ] && [ -n \"$CUDA_VISIBLE_DEVICES\" ] && export GUILD_WORKER_GPUS=\"$CUDA_VISIBLE_DEVICES\"\n")
	fmt.Fprintf(&b, "exec %s \"$1\" %s \"$2\"\n", words.Join([]string{e.exe, "sys", "work"}), words.Join([]string{e.cfg.Store.Home()}))
	return b.String()
}

// head writes the beginning of a script. A failing set-up ends the job.
func (c *Config) head(b *strings.Builder, f facts) {
	b.WriteString("#!/bin/sh\n")
	if c.Setup != "" {
		b.WriteString("set -e\n" + c.Setup + "\nset +e\n")
	}
	fmt.Fprintf(b, "export GUILD_GRACE=%d\n", f.grace())
	// The worker removes this file at the end if it is empty.
	fmt.Fprintf(b, "export GUILD_JOB_OUTPUT=%s/\"${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}${SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}\".out\n",
		words.Join([]string{c.outputDir()}))
}

// outputDir returns the directory for what jobs print outside of their runs, such as errors before a run begins.
func (c *Config) outputDir() string { return c.Self.GuildPath("jobs") }
