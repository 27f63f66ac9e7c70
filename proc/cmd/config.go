package cmd

import (
	"cmp"
	"context"
	"os"

	"guild/opdef"
	"guild/opdef/python"
	"guild/opdef/userconfig"
	"guild/runs"
	"guild/runs/pyyaml"
)

// builtinDefaults are defaults of flags that the environment or the user configuration sets.
func builtinDefaults(config userconfig.Config) map[string]map[string]any {
	address := config.DashboardAddress
	if env := os.Getenv("GUILD_DASHBOARD_ADDRESS"); env != "" {
		address = pyyaml.DecodeScalar(env)
	}
	if address == nil {
		return nil
	}
	return map[string]map[string]any{"dask:scheduler": {"dashboard-address": address}}
}

// interpreter returns the Python of an operation, nil where it needs none: the one of the environment, else that of the
// user configuration, else the first on PATH.
func interpreter(ctx context.Context, op *opdef.Operation, config userconfig.Config, store *runs.Store) (*python.Info, error) {
	if !op.IsPython() {
		return nil, nil
	}
	exe := cmp.Or(os.Getenv(python.ExeVariable), config.Python)
	if exe == "" {
		var err error
		if exe, err = python.Find(); err != nil {
			return nil, err
		}
	}
	info, err := python.Probe(ctx, exe, store.CacheDir())
	if err != nil {
		return nil, err
	}
	return &info, nil
}
