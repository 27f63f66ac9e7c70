package project

import (
	"cmp"
	"slices"
	"strings"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/program"
	"guild/runs/opref"
)

// builtins returns the schedulers that are part of guild. Each is a run like any other. They read their flags from the run, so that no
// flags are passed on the command line.
func builtins() []*opdef.Operation {
	return []*opdef.Operation{
		{
			Name:            "queue",
			Description:     "Start staged runs, one after another",
			Exec:            "${guild_exe} sys scheduler queue",
			FlagsDest:       program.DestNone,
			DeleteOnSuccess: true,
			Builtin:         "queue",
			Flags: append(schedulerFlags(),
				&opdef.Flag{Name: "gpus", NullLabel: "all",
					Description: "GPUs that runs without GPUs of their own get, such as 0 or 0,1"},
			),
		},
		{
			Model:       "dask",
			Name:        "scheduler",
			Description: "Start staged runs in parallel, by workers and resources",
			Exec:        "${guild_exe} sys scheduler dask",
			FlagsDest:   program.DestNone,
			Builtin:     "dask",
			Flags: append(append(schedulerFlags(), parallelFlags("what the machine has room for")...),
				&opdef.Flag{Name: "resources", Type: flagvalue.TypeString, NullLabel: "unconstrained",
					Description: "Capacities that runs with tags such as dask:ram=8 draw on, as 'ram=32 disk=2'"},
				&opdef.Flag{Name: "gpus", NullLabel: "all",
					Description: "GPUs to share out, such as 0,1"},
				&opdef.Flag{Name: "address", Type: flagvalue.TypeString, NullLabel: "workers of this host",
					Description: "Address of a running Dask cluster that the runs are handed to, such as tcp://HOST:8786"},
				&opdef.Flag{Name: "scheduler-file", Type: flagvalue.TypeString, NullLabel: "none",
					Description: "File that says where a Dask cluster is, in place of its address"},
				&opdef.Flag{Name: "python", Type: flagvalue.TypeString, NullLabel: "python3",
					Description: "Interpreter with the package 'distributed', for a Dask cluster"},
			),
		},
		{
			Model:       "r-script",
			Name:        "init",
			Description: "Show the version of R; R scripts need no R package here",
			Exec:        "Rscript --version",
			FlagsDest:   program.DestNone,
			Builtin:     "r-script",
		},
		slurmScheduler(),
		slurmNode(),
		{
			Model:       "batch",
			Name:        "scheduler",
			Description: "Hand staged runs to a batch system by its commands",
			Exec:        "${guild_exe} sys scheduler batch",
			FlagsDest:   program.DestNone,
			Builtin:     "batch",
			Flags: append(append(schedulerFlags(), parallelFlags("1000")...),
				&opdef.Flag{Name: "submit", Type: flagvalue.TypeString,
					Description: "Command that submits a job, such as 'qsub -N {name}'; it gets the script on standard input, or as {script}"},
				&opdef.Flag{Name: "id", Type: flagvalue.TypeString, NullLabel: "first word that begins with a digit",
					Description: "Regular expression that finds the job's id in what submit prints"},
				&opdef.Flag{Name: "alive", Type: flagvalue.TypeString, NullLabel: "not asked",
					Description: "Command that succeeds while the system knows a job, such as 'qstat {id}'"},
				&opdef.Flag{Name: "cancel", Type: flagvalue.TypeString, NullLabel: "not cancelled",
					Description: "Command that takes a job back, such as 'qdel {id}'"},
				&opdef.Flag{Name: "setup", Type: flagvalue.TypeString, NullLabel: "none",
					Description: "Lines of shell before the run in the job's script, such as 'module load python'"},
			),
		},
	}
}

// BuiltinNames returns the full names of the schedulers that are part of guild.
func BuiltinNames() []string { return fullNames(builtins()) }

// Schedulers returns the built-in operations that users start as schedulers.
func (p *Project) Schedulers() []*opdef.Operation {
	return slices.DeleteFunc(p.Builtins(), func(op *opdef.Operation) bool {
		return !strings.Contains(op.Exec, " sys scheduler ") || op.Name == "node" // slurm:scheduler starts it
	})
}

// schedulerFlags returns the flags of all schedulers.
func schedulerFlags() []*opdef.Flag {
	return []*opdef.Flag{
		{Name: "poll-interval", Type: flagvalue.TypeInt, Default: 10, Min: ptr(1),
			Description: "Seconds between looks for runs that were staged elsewhere"},
		{Name: "run-once", Type: flagvalue.TypeBoolean, Default: false,
			Description: "Start what is staged, wait for it and stop"},
		{Name: "wait-for-running", Type: flagvalue.TypeBoolean, Default: false,
			Description: "Start nothing while runs of others are running"},
		{Name: "retries", Type: flagvalue.TypeInt, NullLabel: "0", Min: ptr(0),
			Description: "How often a run is started again that is lost: its worker was killed, or its engine ended it"},
		{Name: "retry-failed", Type: flagvalue.TypeBoolean, NullLabel: "no",
			Description: "Start runs that failed by themselves again too, as often as 'retries' says"},
		{Name: "on-stop", Type: flagvalue.TypeString, NullLabel: "leave; restage in a Slurm job, container or systemd unit",
			Choices:     []opdef.Choice{{Value: "leave"}, {Value: "restage"}, {Value: "stop"}},
			Description: "What becomes of runs under way on this host when the scheduler is stopped: they go on, or are ended and wait again, or are ended"},
	}
}

// parallelFlags returns the flags of schedulers with several workers. workers describes the default number of workers.
func parallelFlags(workers string) []*opdef.Flag {
	return []*opdef.Flag{
		{Name: "workers", Type: flagvalue.TypeInt, Min: ptr(1), NullLabel: "auto",
			Description: "Number of runs at a time; by default " + workers},
		{Name: "dashboard-address", Default: 8787,
			Description: "Port or HOST:PORT of the dashboard; no for none"},
		{Name: "dashboard-read-only", Type: flagvalue.TypeBoolean, NullLabel: "no",
			Description: "Dashboard without actions: nobody can stop, label or delete runs by it"},
		{Name: "dashboard-token", Type: flagvalue.TypeBoolean, NullLabel: "yes",
			Description: "Ask other users and hosts for the token of the dashboard's link; no lets everybody in"},
		{Name: "loglevel", Default: "info", Choices: []opdef.Choice{
			{Value: "debug"}, {Value: "info"}, {Value: "warn"}, {Value: "error"}},
			Description: "Least level of what is logged"},
	}
}

func ptr(f float64) *float64 { return &f }

// Builtins returns the built-in schedulers with the defaults of BuiltinDefaults.
func (p *Project) Builtins() []*opdef.Operation {
	ops := builtins()
	for _, op := range ops {
		op.Ref = opref.Ref{PkgType: opref.Builtin, PkgName: "guild", PkgVersion: p.Version, Model: op.Model, Op: op.Name}
		op.Source.None = true
		slices.SortFunc(op.Flags, func(a, b *opdef.Flag) int { return cmp.Compare(a.Name, b.Name) })
		for name, v := range p.BuiltinDefaults[op.FullName()] {
			if f := op.Flag(name); f != nil {
				f.Default = v
			}
		}
	}
	return ops
}
