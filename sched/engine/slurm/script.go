package slurm

import (
	"fmt"
	"strings"

	"guild/runs/words"
	"guild/sched/engine"
)

// script is what the jobs of one submission execute. The table that says which run is whose is part of it, for Slurm carries the script
// to the node: no other file has to be seen there in time.
//
// exec is needed: Slurm tells only its own child that a job is to end, and kills all processes of a job when that child has ended.
func (e *Engine) script(jobs []*engine.Job) string {
	var b strings.Builder
	e.cfg.head(&b, e.facts)
	b.WriteString("case ${SLURM_ARRAY_TASK_ID:-0} in\n")
	for i, j := range jobs {
		fmt.Fprintf(&b, "%d) set -- %s;;\n", i, words.Join([]string{j.Run.Dir, j.Token}))
	}
	b.WriteString("*) echo \"guild: no run has number $SLURM_ARRAY_TASK_ID\" >&2; exit 1;;\nesac\n")
	// The numbers of the GPUs that the job has are Slurm's, whatever the run was staged with.
	b.WriteString("[ -n \"$SLURM_JOB_GPUS\" ] && [ -n \"$CUDA_VISIBLE_DEVICES\" ] && export GUILD_WORKER_GPUS=\"$CUDA_VISIBLE_DEVICES\"\n")
	fmt.Fprintf(&b, "exec %s \"$1\" %s \"$2\"\n", words.Join([]string{e.exe, "sys", "work"}), words.Join([]string{e.cfg.Store.Home()}))
	return b.String()
}

// head begins a script. A set-up that fails ends the job.
func (c *Config) head(b *strings.Builder, f facts) {
	b.WriteString("#!/bin/sh\n")
	if c.Setup != "" {
		b.WriteString("set -e\n" + c.Setup + "\nset +e\n")
	}
	fmt.Fprintf(b, "export GUILD_GRACE=%d\n", f.grace())
	// Its worker removes the file when nothing was written to it.
	fmt.Fprintf(b, "export GUILD_JOB_OUTPUT=%s/\"${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}${SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}\".out\n",
		words.Join([]string{c.outputDir()}))
}

// outputDir has the output of jobs outside of their runs: what went wrong before the run began.
func (c *Config) outputDir() string { return c.Self.GuildPath("jobs") }
