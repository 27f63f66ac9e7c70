package invocation

import (
	"maps"
	"slices"
	"strings"

	"guild/proc/environ"
	"guild/proc/recipe"
	"guild/runs"
)

// harmlessNames are variables of the outer environment whose values hold no secret. They say where and how a process runs, which
// people need in order to reproduce it.
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

// harmless reports whether the value of a variable of the outer environment may be recorded.
func harmless(name string) bool {
	return slices.Contains(harmlessNames[:], name) || strings.HasPrefix(name, "LC_")
}

// RecordEnv records the environment of a run, which people copy, archive and share. The attribute env gets the values of variables
// that guild or guild.yml set and of harmless ones; env_names gets the names of all others. With rec.RecordEnv, env gets all values but
// those of secrets.
func RecordEnv(rec *recipe.Recipe, r *runs.Run, env Env) error {
	secrets := rec.EnvSecrets
	if r.IsBatch() { // its trials inherit its environment
		if trials, err := recipe.Read(runs.At(r.ProtoPath())); err == nil {
			secrets = slices.Concat(secrets, trials.EnvSecrets)
		}
	}
	values, names := map[string]any{}, []any{}
	outer := environ.Outer()
	for _, name := range slices.Sorted(maps.Keys(env.All)) {
		_, inherited := outer[name]
		_, defined := env.defined[name]
		hidden := looksSecret(name) || slices.Contains(secrets, name)
		if !hidden && (rec.RecordEnv || !inherited || defined || harmless(name)) {
			values[name] = env.All[name]
		} else {
			names = append(names, name)
		}
	}
	if err := r.SetAttr("env", values); err != nil {
		return err
	}
	return r.SetAttr("env_names", names)
}

// looksSecret reports whether the name of a variable suggests that its value is a secret.
func looksSecret(name string) bool {
	upper := strings.ToUpper(name)
	for _, word := range []string{"TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "API_KEY", "APIKEY", "PRIVATE_KEY",
		"ACCESS_KEY"} {
		if strings.Contains(upper, word) {
			return true
		}
	}
	return false
}
