package slurm

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"guild/sched/engine"
)

// byOption are the options of sbatch that flags of the scheduler and tags of runs can set.
var byOption = map[string]string{
	"partition": "--partition", "account": "--account", "qos": "--qos", "time": "--time", "cpus": "--cpus-per-task", "mem": "--mem",
	"gres": "--gres", "constraint": "--constraint", "nodes": "--nodes",
}

// OptionNames returns the sorted names of the options that can be set by flags of the scheduler and by tags of runs such as
// slurm:time=2:00:00.
func OptionNames() []string { return slices.Sorted(maps.Keys(byOption)) }

// resourceNames maps resources in tags such as dask:gpu=1 to options.
var resourceNames = map[string]string{"cpus": "cpus", "cpu": "cpus", "mem": "mem", "memory": "mem", "gpu": "gres", "gpus": "gres"}

// fits returns an error message if Slurm has no option for a needed resource; empty otherwise.
func fits(n engine.Needs) string {
	for _, name := range slices.Sorted(maps.Keys(n.Resources)) {
		if resourceNames[strings.ToLower(name)] == "" {
			return fmt.Sprintf("requires %s=%g, which is none of cpus, mem and gpu; tag it slurm:gres=... or slurm:constraint=...",
				name, n.Resources[name])
		}
	}
	return ""
}

// options returns options for sbatch in a fixed order: the scheduler's, overridden by the needs of a run.
func options(defaults map[string]string, n engine.Needs) []string {
	set := maps.Clone(defaults)
	if set == nil {
		set = map[string]string{}
	}
	for name, v := range n.Resources {
		switch option := resourceNames[strings.ToLower(name)]; option {
		case "cpus":
			set[option] = strconv.FormatFloat(math.Ceil(v), 'f', 0, 64)
		case "mem":
			set[option] = megabytes(v)
		case "gres":
			set[option] = gpus(int(math.Ceil(v)))
		}
	}
	if n.GPUs != "" {
		set["gres"] = gpus(len(strings.Split(n.GPUs, ",")))
	}
	for name, v := range n.Raw {
		set[name] = v
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if option := byOption[name]; option != "" && set[name] != "" {
			list = append(list, option+"="+set[name])
		}
	}
	if n.Avoid != "" {
		list = append(list, "--exclude="+n.Avoid)
	}
	if n.Priority < 0 { // users have no option to be earlier than others
		list = append(list, "--nice="+strconv.Itoa(-n.Priority))
	}
	return list
}

// gpus returns the value of gres; empty for no GPUs.
func gpus(n int) string {
	if n <= 0 {
		return ""
	}
	return "gpu:" + strconv.Itoa(n)
}

// leastBytes is the least amount of memory that is taken as bytes. Smaller amounts are gigabytes: users write both dask:mem=16 and
// dask:mem=16e9, and nobody needs less than a megabyte.
const leastBytes = 1e6

// Bytes returns the bytes that the resource mem of a tag such as dask:mem=16 stands for.
func Bytes(amount float64) float64 {
	if amount < leastBytes {
		return amount * 1e9
	}
	return amount
}

func megabytes(amount float64) string {
	return strconv.FormatFloat(math.Ceil(Bytes(amount)/(1<<20)), 'f', 0, 64) + "M"
}
