package slurm

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"guild/sched/engine"
	"guild/sched/engine/command"
)

// Allocation describes what Slurm has allocated to the job of this process.
type Allocation struct {
	Job    string
	CPUs   int
	Memory float64 // bytes; 0: not limited
	GPUs   int
	End    time.Time // when the allocation ends; zero: never, or not known
}

// ReadAllocation reads the allocation from the environment of the job, and its end from squeue. It returns an error outside of a job.
func ReadAllocation(ctx context.Context) (Allocation, error) {
	a := Allocation{Job: os.Getenv("SLURM_JOB_ID")}
	if a.Job == "" {
		return a, fmt.Errorf("SLURM_JOB_ID is not set: this is not a Slurm job; 'guild run slurm:scheduler mode=nodes' submits such jobs")
	}
	a.CPUs = max(1, number(os.Getenv("SLURM_CPUS_ON_NODE"), 1))
	if mb := number(os.Getenv("SLURM_MEM_PER_NODE"), 0); mb > 0 {
		a.Memory = float64(mb) * (1 << 20)
	} else if mb := number(os.Getenv("SLURM_MEM_PER_CPU"), 0); mb > 0 {
		a.Memory = float64(mb) * float64(a.CPUs) * (1 << 20)
	}
	if gpus := os.Getenv("SLURM_JOB_GPUS"); gpus != "" {
		a.GPUs = len(strings.Split(gpus, ","))
	}
	out, err := commands{command.Runner{Env: os.Environ(), Patience: command.DefaultPatience}}.run(ctx, "", "squeue", "--noheader", "-o", "%L", "--job="+a.Job)
	if left, ok := ParseTime(strings.TrimSpace(out)); err == nil && ok {
		a.End = time.Now().Add(left)
	}
	return a, nil
}

// Capacity returns the resources that the runs of a node job share, in the units of Amounts.
func (a Allocation) Capacity() map[string]float64 {
	c := map[string]float64{"cpus": float64(a.CPUs), "gpu": float64(a.GPUs)}
	if a.Memory > 0 {
		c["mem"] = a.Memory
	}
	return c
}

// Amounts returns the resources that a run needs on a node: cpus (default 1), mem in bytes, gpu, and others by name.
func Amounts(n engine.Needs) map[string]float64 {
	a := map[string]float64{"cpus": 1}
	for name, v := range n.Resources {
		switch resourceNames[strings.ToLower(name)] {
		case "cpus":
			a["cpus"] = v
		case "mem":
			a["mem"] = Bytes(v)
		case "gres":
			a["gpu"] = v
		default:
			a[name] = v
		}
	}
	if n.GPUs != "" {
		a["gpu"] = float64(len(strings.Split(n.GPUs, ",")))
	}
	if v, err := strconv.Atoi(n.Raw["cpus"]); err == nil {
		a["cpus"] = float64(v)
	}
	if v, ok := parseMemory(n.Raw["mem"]); ok {
		a["mem"] = v
	}
	if gres := n.Raw["gres"]; gres == "gpu" || strings.HasPrefix(gres, "gpu:") {
		v, err := strconv.Atoi(gres[strings.LastIndex(gres, ":")+1:])
		if err != nil { // a type without a count, such as gpu or gpu:a100
			v = 1
		}
		a["gpu"] = float64(v)
	}
	return a
}

// parseMemory parses an amount as sbatch does: a number of megabytes, or a number with a unit K, M, G or T. It returns bytes.
func parseMemory(s string) (float64, bool) {
	unit := float64(1 << 20)
	digits := strings.TrimRight(strings.ToUpper(s), "KMGTB")
	switch strings.TrimSuffix(strings.ToUpper(s)[len(digits):], "B") {
	case "K":
		unit = 1 << 10
	case "G":
		unit = 1 << 30
	case "T":
		unit = 1 << 40
	}
	v, err := strconv.ParseUint(digits, 10, 40)
	return float64(v) * unit, err == nil
}

// ParseTime parses a time as sbatch does: MINUTES, MINUTES:SECONDS, HOURS:MINUTES:SECONDS, DAYS-HOURS, DAYS-HOURS:MINUTES and
// DAYS-HOURS:MINUTES:SECONDS. ok is false for anything else, such as UNLIMITED.
func ParseTime(s string) (d time.Duration, ok bool) {
	days, clock, hasDays := strings.Cut(s, "-")
	if !hasDays {
		days, clock = "0", s
	}
	parts := append([]string{days}, strings.Split(clock, ":")...)
	var n []time.Duration
	for _, p := range parts {
		v, err := strconv.ParseUint(p, 10, 24)
		if err != nil {
			return 0, false
		}
		n = append(n, time.Duration(v))
	}
	d = n[0] * 24 * time.Hour
	units := []time.Duration{time.Hour, time.Minute, time.Second}
	switch {
	case len(n) > 4:
		return 0, false
	case !hasDays && len(n) < 4:
		units = units[1:]
	}
	for i, v := range n[1:] {
		d += v * units[i]
	}
	return d, true
}
