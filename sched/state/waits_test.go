package state

import (
	"testing"

	"guild/runs"
	"guild/runs/enginejob"
)

func TestWhyWaits(t *testing.T) {
	s := runs.Open(t.TempDir())
	self, err := s.Draft("")
	if err != nil {
		t.Fatal(err)
	}
	owner, err := self.CommitOwned(runs.Running)
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Draft("")
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.CommitStaged(d)
	if err != nil {
		t.Fatal(err)
	}
	if why := WhyWaits(s, r); why != "" {
		t.Errorf("a staged run %q", why)
	}
	c, err := s.Claim(r.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Queue(enginejob.Job{Kind: "slurm", Scheduler: owner.Run().ID, Job: "12_7", Survives: true}); err != nil {
		t.Fatal(err)
	}
	want := func(want string) {
		t.Helper()
		if why := WhyWaits(s, r); why != want {
			t.Errorf("%q, want %q", why, want)
		}
	}
	want("waits in Slurm as job 12_7")
	for reason, text := range map[string]string{"Resources": " (Resources)", Unexplained: "", "": ""} {
		st := &State{Running: []Running{{RunID: runs.NewID(), Waits: "x"}, {RunID: r.ID, Waits: reason}}}
		if err := Write(owner.Run(), st); err != nil {
			t.Fatal(err)
		}
		want("waits in Slurm as job 12_7" + text)
	}
	_ = owner.Close()
	want("waits in Slurm as job 12_7; its scheduler has ended")
	if ended, err := r.EndQueued(-15); !ended || err != nil {
		t.Fatal(ended, err)
	}
	want("")
}

func TestWhy(t *testing.T) {
	r := runs.Named("1234", "")
	says := func(reason string) *State { return &State{Waiting: []Waiting{{RunID: "1234", Reason: reason}}} }
	for _, tt := range []struct {
		live []*State
		want string
	}{
		{nil, "no scheduler runs"},
		{[]*State{{}}, "the scheduler has not looked at it yet, or lists others that wait before it"},
		{[]*State{says("requires gpu=2")}, "requires gpu=2"},
		{[]*State{says("requires gpu=2"), says("x")}, "requires gpu=2 (and 1 more scheduler(s), see 'guild explain')"},
		{[]*State{says("requires gpu=2"), says("")}, noWorker},
		{[]*State{{RunID: "77", Paused: true, Waiting: says("").Waiting}}, "the scheduler is paused; 'guild resume 77' ends that"},
	} {
		if got := Why(tt.live, r); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
