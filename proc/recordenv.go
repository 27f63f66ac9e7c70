package proc

import (
	"maps"
	"slices"
	"strings"

	"guild/runs"
)

// processEnv is the environment of an operation's process.
type processEnv struct {
	all     map[string]string
	defined map[string]string // by guild.yml and by flags
}

// harmlessNames are variables that say where and how a process runs, and that a restart needs. What they hold is no secret.
var harmlessNames = [...]string{
	"PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "HOSTNAME", "TERM", "COLUMNS", "LINES", "NO_COLOR", "TZ", "LANG", "LANGUAGE",
	"TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "MANPATH", "DISPLAY", "EDITOR", "PAGER", "XDG_RUNTIME_DIR",
	"VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "PYENV_VERSION", "PYENV_ROOT", "JAVA_HOME", "R_HOME", "R_LIBS", "R_LIBS_USER",
	"PYTHONPATH", "PYTHONHOME", "PYTHONHASHSEED", "PYTHONUNBUFFERED", "PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTHONIOENCODING", "PYTHONUTF8",
	"OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "GOMAXPROCS",
	"CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "CUDA_HOME", "CUDA_PATH", "NVIDIA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES",
	"ROCR_VISIBLE_DEVICES", "CUBLAS_WORKSPACE_CONFIG", "TF_CPP_MIN_LOG_LEVEL", "TF_FORCE_GPU_ALLOW_GROWTH", "TF_DETERMINISTIC_OPS",
	"SLURM_JOB_ID", "SLURM_JOB_NAME", "SLURM_JOB_NODELIST", "SLURM_NODELIST", "SLURM_CPUS_PER_TASK", "SLURM_NTASKS", "SLURM_PROCID",
	"LOG_LEVEL", "GUILD_HOME", "GUILD_CONFIG",
}

// harmless reports a variable of the outer environment whose value may be recorded.
func harmless(name string) bool {
	return slices.Contains(harmlessNames[:], name) || strings.HasPrefix(name, "LC_")
}

// recordEnv records the environment of a run, which people copy, archive and share: in attribute env the values of what guild and
// guild.yml give the operation and of what is harmless, in env_names the names of all the rest. Where the operation asks for all, that is
// what is said or looks to be a secret by its name.
func (rec *recipe) recordEnv(r *runs.Run, env processEnv) error {
	secrets := rec.EnvSecrets
	if r.IsBatch() { // its trials get the same environment
		if trials, err := readRecipe(runs.At(r.ProtoPath())); err == nil {
			secrets = slices.Concat(secrets, trials.EnvSecrets)
		}
	}
	values, names := map[string]any{}, []any{}
	outer := outerEnviron()
	for _, name := range slices.Sorted(maps.Keys(env.all)) {
		_, passedOn := outer[name]
		_, defined := env.defined[name]
		hidden := secret(name) || slices.Contains(secrets, name)
		if !hidden && (rec.RecordEnv || !passedOn || defined || harmless(name)) {
			values[name] = env.all[name]
		} else {
			names = append(names, name)
		}
	}
	if err := r.SetAttr("env", values); err != nil {
		return err
	}
	return r.SetAttr("env_names", names)
}

// secret reports a variable that looks like one by its name.
func secret(name string) bool {
	upper := strings.ToUpper(name)
	for _, word := range []string{"TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "API_KEY", "APIKEY", "PRIVATE_KEY",
		"ACCESS_KEY"} {
		if strings.Contains(upper, word) {
			return true
		}
	}
	return false
}
