// Package environ names the environment variables by which guild's processes talk to each other, and makes the environment of
// the programs that guild starts.
package environ

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// GPUs lists the GPUs that a process may use.
const GPUs = "CUDA_VISIBLE_DEVICES"

// Variables that guild sets for its own processes.
const (
	// WorkerGPUs gives a background worker the GPUs of its run.
	WorkerGPUs = "GUILD_WORKER_GPUS"
	// JobOutput is the file to which a batch system such as Slurm writes what the job of an engine prints outside of its run.
	JobOutput = "GUILD_JOB_OUTPUT"
	// NameLines says that runs of this one which run at the same time write their short ids before each line of their output.
	NameLines = "GUILD_NAME_LINES"
	// StepsOf is the directory of the run of which `guild run` runs a step.
	StepsOf = "GUILD_RUNS_OF"
	// Step says that `guild run` runs a step: the run with steps has printed the warnings about the project.
	Step = "GUILD_STEP"
	// GuildExe is the path of the guild program, for optimizers that call it.
	GuildExe = "GUILD_EXE"
)

// runVariables describe one run and must not reach the processes of another one: a stop finds the processes of a run by RUN_ID.
var runVariables = [...]string{"RUN_ID", "RUN_DIR", "CMD_DIR", "PROJECT_DIR", "GUILD_OP", "GUILD_SOURCECODE",
	StepsOf, Step, NameLines, WorkerGPUs, GuildExe, JobOutput}

// Outer returns the environment of this process without the variables of the run that this process may itself belong to, such as
// the run of a scheduler. The run depth stays, since it counts runs that start each other.
func Outer() map[string]string {
	env := make(map[string]string)
	for _, kv := range os.Environ() {
		if k, v, ok := strings.Cut(kv, "="); ok && !strings.HasPrefix(k, "FLAG_") {
			env[k] = v
		}
	}
	for _, k := range runVariables {
		delete(env, k)
	}
	return env
}

// OuterList returns Outer in the form of exec.Cmd.Env.
func OuterList() []string { return List(Outer()) }

// List returns variables in the form of exec.Cmd.Env, sorted by name.
func List(env map[string]string) []string {
	list := make([]string, 0, len(env))
	for _, k := range slices.Sorted(maps.Keys(env)) {
		list = append(list, k+"="+env[k])
	}
	return list
}

// Executable returns the path of the running guild program.
func Executable() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find the guild program: %w", err)
	}
	return exe, nil
}
