package state

import (
	"testing"

	"guild/runs"
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
	if err := c.Queue(runs.EngineJob{Kind: "slurm", Scheduler: owner.Run().ID, Job: "12_7", Survives: true}); err != nil {
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
