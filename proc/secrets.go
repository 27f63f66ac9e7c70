package proc

import (
	"fmt"
	"maps"
	"os"

	"guild/opdef"
	"guild/runs"
)

// withSecrets is the run's command with the variables that are secrets, of which nothing but the names is recorded: their
// values are those of the project as it is now, or of this process.
func (rec *recipe) withSecrets(r *runs.Run) (opdef.Command, error) {
	c := rec.Command
	if len(rec.EnvSecrets) == 0 {
		return c, nil
	}
	defined := rec.projectEnv(r)
	if c.Env = maps.Clone(c.Env); c.Env == nil {
		c.Env = map[string]any{}
	}
	for _, name := range rec.EnvSecrets {
		if v, ok := defined[name]; ok {
			c.Env[name] = v
		} else if _, ok := os.LookupEnv(name); !ok { // else it is passed on as all variables are
			return c, fmt.Errorf("the variable %s is a secret, which is not recorded with the run; set it", name)
		}
	}
	return c, nil
}

// projectEnv is what the project defines as environment of the run's operation; nothing if it is not there, or has changed.
func (rec *recipe) projectEnv(r *runs.Run) map[string]any {
	project, err := opdef.LoadProject(rec.ProjectDir)
	if err != nil {
		return nil
	}
	op, err := project.Find(r.Opref().OpSpec())
	if err != nil {
		return nil
	}
	return op.Env
}
