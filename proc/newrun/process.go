package newrun

import (
	"context"
	"os"

	"guild/proc/environ"
	"guild/proc/invocation"
	"guild/runs"
)

// Process returns the command, and the environment sorted by name, that a run made from the request would have on this host. home is
// the Guild home. Variables that depend on the run directory are left out unless RunDir is set. secrets are names of variables
// whose values are hidden.
func (q *Request) Process(ctx context.Context, home string, secrets []string) (argv, env []string, err error) {
	rec := q.recipe()
	rec.PipFreeze = false // it is recorded with a run, and there is none
	r := runs.At(q.RunDir)
	argv, vars, err := invocation.Build(ctx, rec, r, q.Values, home, q.hiddenSecrets(secrets))
	if err != nil {
		return nil, nil, err
	}
	vars.All["GUILD_OP"] = q.Op.FullName()
	if q.RunDir == "" {
		delete(vars.All, "RUN_DIR")
		delete(vars.All, "RUN_ID")
	}
	return argv, environ.List(vars.All), nil
}

// hiddenSecrets returns a placeholder for each secret variable that is defined by the operation or set in this process.
func (q *Request) hiddenSecrets(names []string) map[string]any {
	values := map[string]any{}
	for _, name := range names {
		_, defined := q.Op.Env[name]
		if _, set := os.LookupEnv(name); defined || set {
			values[name] = invocation.HiddenValue
		}
	}
	return values
}
