package invocation

import (
	"fmt"
	"maps"
	"os"

	"guild/opdef"
	"guild/opdef/project"
	"guild/proc/recipe"
	"guild/runs"
)

// HiddenValue stands for the value of a secret variable that is shown.
const HiddenValue = "***"

// Secrets returns the values of the run's secret variables, which are never recorded: it reads them from guild.yml as it is now.
// A secret that guild.yml does not define must be set in the environment of this process, from which the operation inherits it;
// where it is missing there too, Secrets returns an error.
func Secrets(rec *recipe.Recipe, r *runs.Run) (map[string]any, error) {
	if len(rec.EnvSecrets) == 0 {
		return nil, nil
	}
	values := map[string]any{}
	defined := projectEnv(rec, r)
	for _, name := range rec.EnvSecrets {
		if v, ok := defined[name]; ok {
			values[name] = v
		} else if _, ok := os.LookupEnv(name); !ok {
			return nil, fmt.Errorf("the variable %s is a secret, which is not recorded with the run; set it", name)
		}
	}
	return values, nil
}

// Hidden returns a placeholder for each secret variable of a run, for environments that are shown.
func Hidden(rec *recipe.Recipe) map[string]any {
	values := map[string]any{}
	for _, name := range rec.EnvSecrets {
		values[name] = HiddenValue
	}
	return values
}

// withEnv returns the command with additional variables.
func withEnv(c opdef.Command, env map[string]any) opdef.Command {
	if len(env) == 0 {
		return c
	}
	if c.Env = maps.Clone(c.Env); c.Env == nil {
		c.Env = map[string]any{}
	}
	maps.Copy(c.Env, env)
	return c
}

// projectEnv returns the environment that guild.yml defines now for the run's operation. It is nil if the project or the operation
// is gone.
func projectEnv(rec *recipe.Recipe, r *runs.Run) map[string]any {
	project, err := project.Load(rec.ProjectDir)
	if err != nil {
		return nil
	}
	op, err := project.Find(r.Opref().OpSpec())
	if err != nil {
		return nil
	}
	return op.Env
}
