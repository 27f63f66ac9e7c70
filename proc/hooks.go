package proc

import (
	"context"
	"os"
	"path/filepath"
	"strconv"

	"guild/opdef/userconfig"
	"guild/proc/environ"
	"guild/proc/hook"
	"guild/proc/recipe"
	"guild/runs"
)

// configuration reads the user configuration that applies to the run on this host. If it cannot be read, a warning says so and it is left
// out.
func (w *Worker) configuration(rec *recipe.Recipe) (config userconfig.Config, home string) {
	home = filepath.Join(os.Getenv("HOME"), ".guild")
	if w.Store != nil {
		home = w.Store.Home()
	}
	config, err := userconfig.Load(userconfig.Find(rec.CmdDir, home, os.Getenv))
	if err != nil {
		w.say("WARNING: the user configuration is ignored: " + err.Error())
	}
	return config, home
}

// loadHooks collects the hooks for this start of the run: first those of the user configuration on this host, then those of guild.yml, then
// those of the options of `guild run`. The user configuration is not recorded, since it may contain secret addresses. depth is the depth of
// the run, see environ.Depth.
func (w *Worker) loadHooks(rec *recipe.Recipe, config userconfig.Config, home string, depth int) {
	run := w.Lock.Run()
	h := &hook.Hooks{Run: run, Started: run.Started(), Warn: w.say}
	h.Sources = []hook.Source{{Name: "the user configuration", Hooks: config.Hooks}, {Name: "guild.yml", Hooks: rec.Hooks},
		{Name: "guild run", Hooks: rec.OptionHooks}}
	if !h.Any() {
		return
	}
	env := environ.Outer()
	env["GUILD_HOME"] = home
	env[environ.Depth] = strconv.Itoa(depth) // limits the depth of hooks that start runs which have hooks themselves
	if exe, err := environ.Executable(); err == nil {
		env[environ.GuildExe] = exe
	}
	h.Env = environ.List(env)
	h.Kind, h.Parent = rec.Kind(run)
	w.hooks = h
}

// startHooks executes the hooks for the start while the operation runs.
func (w *Worker) startHooks() {
	if w.hooks == nil {
		return
	}
	round := w.hooks.Prepare(hook.OnStart)
	var ctx context.Context
	ctx, w.endStartHooks = context.WithCancel(context.Background())
	w.startHooksEnded = make(chan struct{})
	go func() {
		defer close(w.startHooksEnded)
		round.Execute(ctx)
	}()
}

// endHooks executes the hooks for the end, once the outcome is on disk, and returns when all hooks have ended. Unless keep is set, it first
// releases the run's lock, so that nobody who restarts or deletes the run has to wait for hooks.
func (w *Worker) endHooks(keep bool) {
	if w.hooks == nil {
		return
	}
	ended := w.Lock.Ended()
	var events []hook.Event
	if ended {
		if status := w.Lock.Run().Status(); status == runs.Error || status == runs.Terminated {
			events = append(events, hook.OnFail)
		}
		events = append(events, hook.OnEnd)
	}
	round := w.hooks.Prepare(events...)
	if ended && !keep {
		_ = w.Lock.Close() // a later Close by the caller has no effect
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if w.startHooksEnded != nil {
			<-w.startHooksEnded
			w.endStartHooks()
		}
		round.Execute(ctx)
	}()
	for {
		select {
		case <-done:
			return
		case sig := <-w.Signals:
			if AsksToEnd(sig) {
				if w.endStartHooks != nil {
					w.endStartHooks()
				}
				cancel()
			}
		}
	}
}
