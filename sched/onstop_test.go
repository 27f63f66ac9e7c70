package sched

import (
	"context"
	"strings"
	"testing"
	"time"

	"guild/runs"
)

// TestOnStop stops schedulers with a run under way.
func TestOnStop(t *testing.T) {
	for onStop, want := range map[OnStop]runs.Status{Leave: runs.Running, Restage: runs.Staged, End: runs.Terminated} {
		t.Run(string(onStop), func(t *testing.T) {
			f := newFixture(t)
			r := f.stage("r", untilGo)
			stop := f.start(func(o *Options) { o.OnStop = onStop })
			f.await("the start", func() bool { return r.Status() == runs.Running })
			stop()
			f.wantStatus(r, want)
			if said := strings.Contains(f.log.String(), "go on without the scheduler"); said != (onStop == Leave) {
				t.Errorf("log:\n%s", f.log.String())
			}
			f.letGo(r)
			if onStop == Restage {
				f.runOnce(func(*Options) {})
			}
			if onStop != End {
				f.await("the end", func() bool { return r.Status() == runs.Completed })
			}
		})
	}
}

func TestPlaceThatEndsAll(t *testing.T) {
	const session = "0::/user.slice/user-1000.slice/session-3.scope\n"
	for name, tt := range map[string]struct {
		env     map[string]string
		cgroup  string
		parents []string
		files   []string
		want    string
	}{
		"shell":                          {nil, session, []string{"bash", "sshd", "systemd"}, nil, ""},
		"Slurm":                          {map[string]string{"SLURM_JOB_ID": "12"}, session, []string{"slurm_script", "slurmstepd", "systemd"}, nil, "Slurm job 12"},
		"unit":                           {map[string]string{"INVOCATION_ID": "a"}, "0::/system.slice/queue.service\n", []string{"systemd"}, nil, "systemd unit queue.service"},
		"session of a service's user":    {map[string]string{"INVOCATION_ID": "a"}, session, []string{"bash", "systemd"}, nil, ""},
		"main program of a container":    {nil, "0::/\n", []string{"guild"}, []string{"/.dockerenv"}, "a container"},
		"below the init of a container":  {nil, "0::/\n", []string{"tini"}, []string{"/run/.containerenv"}, "a container"},
		"shell in a container":           {nil, "0::/\n", []string{"bash", "sleep"}, []string{"/.dockerenv"}, ""},
		"executed in a container":        {nil, "0::/\n", []string{""}, []string{"/.dockerenv"}, ""},
		"main program of another system": {nil, "", []string{"guild"}, nil, ""},
	} {
		p := Place{Getenv: func(k string) string { return tt.env[k] }, Cgroup: tt.cgroup, Parents: tt.parents,
			InRoot: func(path string) bool { return strings.Contains(strings.Join(tt.files, " "), path) }}
		if got := p.EndsAll(); got != tt.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestSignalledBeforeStop: runs that a signal ended just before the scheduler was stopped are staged again with those under way.
func TestSignalledBeforeStop(t *testing.T) {
	terminated := func(f *fixture) *runs.Run {
		l, err := newRunning(f.store)
		if err == nil {
			err = l.Finish(-15)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		return l.Run()
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	f := newFixture(t)
	s := f.opened(func(o *Options) { o.OnStop = Restage })
	s.endUnderWay(stopped)
	if f.log.String() != "" {
		t.Errorf("log without runs: %s", f.log.String())
	}
	just, before := terminated(f), terminated(f)
	s.signalled = []signalledRun{{just, time.Now()}, {before, time.Now().Add(-2 * sameCauseWithin)}}
	s.endUnderWay(stopped)
	f.wantStatus(just, runs.Staged)
	f.wantStatus(before, runs.Terminated)
	if want := "Staged again what was under way: " + just.ShortID() + "\n"; !strings.HasSuffix(f.log.String(), want) {
		t.Errorf("log:\n%s", f.log.String())
	}
	if s.restage(f.self) || !strings.Contains(f.log.String(), "Run "+f.self.ShortID()+" cannot be staged again") {
		t.Errorf("a running run was staged again; log:\n%s", f.log.String())
	}
}
