package project

import (
	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/program"
)

// slurmScheduler submits runs to Slurm.
func slurmScheduler() *opdef.Operation {
	text := func(name, otherwise, description string) *opdef.Flag {
		return &opdef.Flag{Name: name, Type: flagvalue.TypeString, NullLabel: otherwise, Description: description}
	}
	return &opdef.Operation{
		Model:       "slurm",
		Name:        "scheduler",
		Description: "Hand staged runs to Slurm",
		Exec:        "${guild_exe} sys scheduler slurm",
		FlagsDest:   program.DestNone,
		Builtin:     "slurm",
		Flags: append(append(schedulerFlags(), parallelFlags("1000, waiting and running")...),
			text("partition", "Slurm's", "Partition of the jobs"),
			text("account", "Slurm's", "Account that the jobs are charged to"),
			text("qos", "Slurm's", "Quality of service of the jobs"),
			text("time", "the partition's", "Time limit of each job, such as 30 (minutes), 2:00:00 or 1-12"),
			&opdef.Flag{Name: "cpus", Type: flagvalue.TypeInt, Min: ptr(1), NullLabel: "1", Description: "CPUs of each job"},
			text("mem", "Slurm's", "Memory of each job, such as 16G"),
			text("gres", "none", "Generic resources of each job, such as gpu:1"),
			text("constraint", "none", "Features that the nodes must have"),
			&opdef.Flag{Name: "nodes", Type: flagvalue.TypeInt, Min: ptr(1), NullLabel: "1", Description: "Nodes of each job; the run starts on the first"},
			text("setup", "none", "Lines of shell before the run in the job's script, such as 'module load python'"),
			text("sbatch", "none", "Further options of sbatch, such as '--reservation=NAME --exclusive'"),
			&opdef.Flag{Name: "mode", Default: "jobs", Choices: []opdef.Choice{{Value: "jobs"}, {Value: "nodes"}},
				Description: "A job for each run (jobs), or jobs that start many short runs each (nodes)"},
			&opdef.Flag{Name: "array", Type: flagvalue.TypeBoolean, Default: true,
				Description: "Submit runs of equal needs together as one array"},
			&opdef.Flag{Name: "max-nodes", Type: flagvalue.TypeInt, Min: ptr(1), NullLabel: "4", Description: "Jobs at a time with mode=nodes"},
			&opdef.Flag{Name: "warn", Type: flagvalue.TypeInt, Min: ptr(1), NullLabel: "no signal",
				Description: "Seconds before the time limit at which operations get SIGUSR2"},
		),
	}
}

// slurmNode starts runs within a job of Slurm.
func slurmNode() *opdef.Operation {
	return &opdef.Operation{
		Model:           "slurm",
		Name:            "node",
		Description:     "Start staged runs within a job of Slurm; 'slurm:scheduler mode=nodes' submits such jobs",
		Exec:            "${guild_exe} sys scheduler node",
		FlagsDest:       program.DestNone,
		DeleteOnSuccess: true,
		Builtin:         "slurm",
		Flags: append(schedulerFlags(),
			&opdef.Flag{Name: "workers", Type: flagvalue.TypeInt, Min: ptr(1), NullLabel: "the CPUs of the job", Description: "Number of runs at a time"},
			&opdef.Flag{Name: "lifetime", Type: flagvalue.TypeString, NullLabel: "what is left of the job",
				Description: "Time after which it ends, such as 30 (minutes), 2:00:00 or 1-12; its runs are staged again"},
			&opdef.Flag{Name: "idle", Type: flagvalue.TypeInt, Min: ptr(1), NullLabel: "never", Description: "Seconds without a run after which it ends"},
		),
	}
}
