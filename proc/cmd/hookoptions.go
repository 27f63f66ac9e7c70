package cmd

import (
	"fmt"

	"guild/opdef/hooks"
	"guild/runs/console"
)

// HookOptions are shell commands to execute when runs begin and end, besides those of guild.yml and the user configuration.
type HookOptions struct {
	OnStart       []string `sep:"none" placeholder:"COMMAND" help:"Shell command to execute beside the operation when the run starts. May be repeated."`
	OnEnd         []string `sep:"none" placeholder:"COMMAND" help:"Shell command to execute when the run has ended, whatever its outcome. May be repeated. The trials of a batch and the batch have it; steps have their own."`
	OnFail        []string `sep:"none" placeholder:"COMMAND" help:"Shell command to execute when the run has ended as error or terminated, before those of --on-end. May be repeated."`
	HookTimeLimit *int     `placeholder:"SECONDS" help:"How long each of these commands may take. Default: 60."`
}

func (o *HookOptions) checkHooks() error {
	if o.HookTimeLimit == nil {
		return nil
	}
	if err := hooks.CheckTimeLimit(*o.HookTimeLimit); err != nil {
		return console.Usage(fmt.Errorf("--hook-time-limit: %w", err))
	}
	return nil
}

func (o *HookOptions) hooks() hooks.Hooks {
	h := hooks.Hooks{Start: o.OnStart, End: o.OnEnd, Fail: o.OnFail}
	if o.HookTimeLimit != nil {
		h.TimeLimit = *o.HookTimeLimit
	}
	return h
}

// hookParams returns the options by the names under which a run records them.
func (o *HookOptions) hookParams() map[string]any {
	p := map[string]any{}
	for name, list := range map[string][]string{"on_start": o.OnStart, "on_end": o.OnEnd, "on_fail": o.OnFail} {
		if list != nil {
			p[name] = list
		}
	}
	if o.HookTimeLimit != nil {
		p["hook_time_limit"] = *o.HookTimeLimit
	}
	return p
}
