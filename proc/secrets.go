package proc

import (
	"fmt"
	"maps"
	"os"

	"guild/opdef"
	"guild/opdef/project"
	"guild/runs"
)

// secrets are the variables of the run that are secrets, of which nothing but the names is recorded: their values are those of the
// project as it is now. Those of this process are passed on as all variables are.
func (rec *recipe) secrets(r *runs.Run) (map[string]any, error) {
	if len(rec.EnvSecrets) == 0 {
		return nil, nil
	}
	values := map[string]any{}
	defined := rec.projectEnv(r)
	for _, name := range rec.EnvSecrets {
		if v, ok := defined[name]; ok {
			values[name] = v
		} else if _, ok := os.LookupEnv(name); !ok {
			return nil, fmt.Errorf("the variable %s is a secret, which is not recorded with the run; set it", name)
		}
	}
	return values, nil
}

// hiddenSecrets stands for variables that are secrets where what is made of a request is shown. One that is not set is missing there
// too.
func (q *Request) hiddenSecrets(names []string) map[string]any {
	const hidden = "***"
	values := map[string]any{}
	for _, name := range names {
		_, defined := q.Op.Env[name]
		if _, set := os.LookupEnv(name); defined || set {
			values[name] = hidden
		}
	}
	return values
}

// commandWith is the run's command with more variables.
func (rec *recipe) commandWith(env map[string]any) opdef.Command {
	c := rec.Command
	if len(env) == 0 {
		return c
	}
	if c.Env = maps.Clone(c.Env); c.Env == nil {
		c.Env = map[string]any{}
	}
	maps.Copy(c.Env, env)
	return c
}

// projectEnv is what the project defines as environment of the run's operation; nothing if it is not there, or has changed.
func (rec *recipe) projectEnv(r *runs.Run) map[string]any {
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
