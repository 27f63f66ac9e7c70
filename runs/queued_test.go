package runs

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guild/runs/enginejob"
	"guild/runs/phase"
)

// queue stages a new run and gives it to an engine that outlives its scheduler.
func queue(t *testing.T, s *Store, job enginejob.Job) (r *Run, token string) {
	t.Helper()
	r = newRun(t, s, Staged)
	if err := s.Stage(r); err != nil {
		t.Fatal(err)
	}
	return r, requeue(t, s, r.ID, job)
}

func requeue(t *testing.T, s *Store, id string, job enginejob.Job) (token string) {
	t.Helper()
	c, err := s.Claim(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Queue(job); err != nil {
		t.Fatal(err)
	}
	return c.Name()
}

var slurmJob = enginejob.Job{Kind: "slurm", Cluster: "c", Name: "guild-1", Survives: true, Attempt: 1, Submitted: time.UnixMicro(1700000000000001)}

func TestQueue(t *testing.T) {
	s := Open(t.TempDir())
	r, token := queue(t, s, slurmJob)
	if st := r.Status(); st != Pending {
		t.Errorf("status %s", st)
	}
	if data, err := os.ReadFile(r.GuildPath("status")); err != nil || strings.TrimSpace(string(data)) != "pending" {
		t.Errorf("status file %q, %v", data, err)
	}
	if j, ok := r.EngineJob(); !ok || j != slurmJob {
		t.Errorf("job %+v, want %+v", j, slurmJob)
	}
	if owned, err := r.Owned(); err != nil || owned {
		t.Errorf("owned %v, %v", owned, err)
	}
	if !strings.HasPrefix(token, "."+r.ID+".slurm~") {
		t.Errorf("token %q", token)
	}
	claims, err := s.Claims()
	if err != nil || len(claims) != 1 || claims[0] != (ClaimMarker{token, r.ID, "slurm"}) {
		t.Errorf("claims %v, %v", claims, err)
	}
}

// take begins and ends a queued run as an engine's job does.
func take(s *Store, id, token string, exit int) error {
	l, err := s.TakeQueued(context.Background(), id, token)
	if err != nil {
		return err
	}
	o := Self()
	o.Claim = token
	return errors.Join(l.Begin(o), l.Finish(exit), s.DropClaim(token), l.Close())
}

// TestTokenStartsOnce executes jobs twice, late, and after the run was given to another process.
func TestTokenStartsOnce(t *testing.T) {
	tests := []struct {
		name   string
		before func(t *testing.T, s *Store, r *Run, token string)
		after  Status
	}{
		{"executed again after the end", func(t *testing.T, s *Store, r *Run, token string) {
			if err := take(s, r.ID, token, 0); err != nil {
				t.Fatal(err)
			}
		}, Completed},
		{"staged again", func(t *testing.T, s *Store, r *Run, token string) {
			if ok, err := s.Unqueue(r.ID, token); !ok || err != nil {
				t.Fatal(ok, err)
			}
		}, Staged},
		{"staged and queued again", func(t *testing.T, s *Store, r *Run, token string) {
			if ok, err := s.Unqueue(r.ID, token); !ok || err != nil {
				t.Fatal(ok, err)
			}
			requeue(t, s, r.ID, slurmJob)
		}, Pending},
		{"stopped while it waited", func(t *testing.T, _ *Store, r *Run, _ string) {
			if ok, err := r.EndQueued(-15); !ok || err != nil {
				t.Fatal(ok, err)
			}
		}, Terminated},
		{"started by hand", func(t *testing.T, s *Store, r *Run, token string) {
			l, claim, err := s.Own(r)
			if err != nil || claim != token {
				t.Fatal(claim, err)
			}
			o := Self()
			o.Claim = claim
			if err := errors.Join(l.Begin(o), l.Finish(3), s.DropClaim(claim), l.Close()); err != nil {
				t.Fatal(err)
			}
		}, Error},
		{"started by hand with a version that does not know queued runs", func(t *testing.T, _ *Store, r *Run, _ string) {
			files := map[string]string{".phase.1.n.5.ended.0.7": "", "attrs/started": "5\n", "attrs/stopped": "7\n", "attrs/exit_status": "0\n"}
			for name, text := range files {
				if err := os.WriteFile(r.GuildPath(filepath.FromSlash(name)), []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		}, Completed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := Open(t.TempDir())
			r, token := queue(t, s, slurmJob)
			tt.before(t, s, r, token)
			if err := take(s, r.ID, token, 0); !errors.Is(err, ErrNotQueued) {
				t.Errorf("the old job: %v, want ErrNotQueued", err)
			}
			if st := r.Status(); st != tt.after {
				t.Errorf("status %s, want %s", st, tt.after)
			}
		})
	}
}

func TestTakeQueuedRefuses(t *testing.T) {
	s := Open(t.TempDir())
	r, token := queue(t, s, slurmJob)
	other, _ := queue(t, s, slurmJob)
	for _, tt := range []struct{ id, claim string }{{r.ID, ""}, {r.ID, r.ID + ".x"}, {other.ID, token}, {r.ID, "../" + token}} {
		if l, err := s.TakeQueued(t.Context(), tt.id, tt.claim); err == nil {
			_ = l.Close()
			t.Errorf("run %s was taken with claim %q", tt.id, tt.claim)
		}
	}
	if _, err := s.TakeQueued(t.Context(), NewID(), token); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such run: %v", err)
	}
	// A job waits for a lock that is held for a moment, but not without end.
	l, err := r.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.TakeQueued(ctx, r.ID, token); !errors.Is(err, ErrBusy) {
		t.Errorf("busy: %v", err)
	}
	taken := make(chan error)
	go func() { taken <- take(s, r.ID, token, 0) }()
	_ = l.Close()
	if err := <-taken; err != nil {
		t.Error(err)
	}
}

// TestRecoverQueued leaves waiting jobs to engines, and stages runs again that nobody else will start.
func TestRecoverQueued(t *testing.T) {
	s := Open(t.TempDir())
	scheduler := newRun(t, s, Pending)
	l, err := scheduler.TryLock()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Begin(Self()); err != nil {
		t.Fatal(err)
	}
	waits, _ := queue(t, s, slurmJob)
	dask, token := queue(t, s, enginejob.Job{Kind: "dask", Scheduler: scheduler.ID, Attempt: 1})
	if again, err := s.RecoverClaims(); err != nil || len(again) != 0 {
		t.Errorf("with the scheduler: staged again %v, %v", again, err)
	}
	_ = l.Close()
	if again, err := s.RecoverClaims(); err != nil || len(again) != 1 || again[0] != dask.ID {
		t.Errorf("without the scheduler: staged again %v, %v", again, err)
	}
	if waits.Status() != Pending || dask.Status() != Staged {
		t.Errorf("statuses %s, %s", waits.Status(), dask.Status())
	}
	if err := take(s, dask.ID, token, 0); !errors.Is(err, ErrNotQueued) {
		t.Errorf("the old job: %v", err)
	}
	if _, err := s.Claim(dask.ID); err != nil {
		t.Errorf("claim it again: %v", err)
	}
}

// TestQueueCutShort: recovery after a scheduler was killed between the steps of Queue.
func TestQueueCutShort(t *testing.T) {
	for _, step := range []string{"claim renamed", "status written", "phase entered"} {
		t.Run(step, func(t *testing.T) {
			s := Open(t.TempDir())
			r := newRun(t, s, Staged)
			if err := s.Stage(r); err != nil {
				t.Fatal(err)
			}
			c, err := s.Claim(r.ID)
			if err != nil {
				t.Fatal(err)
			}
			name := engineClaimName(r.ID, "slurm")
			if err := os.Rename(s.claimedPath(c.name), s.claimedPath(name)); err != nil {
				t.Fatal(err)
			}
			want, again := Staged, 1
			if step == "status written" {
				if err := errors.Join(r.SetEngineJob(slurmJob), os.WriteFile(r.GuildPath("status"), []byte("pending\n"), 0o666)); err != nil {
					t.Fatal(err)
				}
			}
			if step == "phase entered" {
				if err := errors.Join(r.SetEngineJob(slurmJob), c.Lock.begin(phase.Queued, func(phase.Phase) error { return nil })); err != nil {
					t.Fatal(err)
				}
				want, again = Pending, 0 // the next scheduler asks the engine
			}
			_ = c.Lock.Close()
			list, err := s.RecoverClaims()
			if err != nil || len(list) != again || r.Status() != want {
				t.Errorf("staged again %v, %v, status %s", list, err, r.Status())
			}
			claims, _ := s.Claims()
			if len(claims) != 1-again {
				t.Errorf("claims %v", claims)
			}
			if _, err := s.Claim(r.ID); again == 1 && err != nil {
				t.Errorf("claim it again: %v", err)
			}
		})
	}
}

// TestQueueFails: if queuing fails after the status was written, the run can be claimed again at once.
func TestQueueFails(t *testing.T) {
	s := Open(t.TempDir())
	r := newRun(t, s, Staged)
	if err := s.Stage(r); err != nil {
		t.Fatal(err)
	}
	c, err := s.Claim(r.ID)
	if err != nil {
		t.Fatal(err)
	}
	// A directory in place of the stop request, which a new phase removes first.
	if err := os.MkdirAll(filepath.Join(r.stopPath(), "full"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := c.Queue(slurmJob); err == nil {
		t.Error("no error")
	}
	if st := r.Status(); st != Staged {
		t.Errorf("status %s", st)
	}
	if _, err := s.Claim(r.ID); err != nil {
		t.Errorf("claim it again: %v", err)
	}
}

// TestUnqueueKeepsThePlace: a queued run is staged again at its old place.
func TestUnqueueKeepsThePlace(t *testing.T) {
	s := Open(t.TempDir())
	first := newRun(t, s, Staged)
	if err := s.Stage(first); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(s.stagedPath(first.ID), old, old); err != nil {
		t.Fatal(err)
	}
	token := requeue(t, s, first.ID, slurmJob)
	second := newRun(t, s, Staged)
	if err := s.Stage(second); err != nil {
		t.Fatal(err)
	}
	if again, err := s.Unqueue(first.ID, token); !again || err != nil {
		t.Fatal(again, err)
	}
	markers, err := s.Staged(nil)
	if err != nil || len(markers) != 2 || markers[0].ID != first.ID || !markers[0].Time.Equal(old) {
		t.Errorf("%v, %v", markers, err)
	}
	if claims, err := s.Claims(); err != nil || len(claims) != 0 {
		t.Errorf("claims %v, %v", claims, err)
	}
}

// TestDeleteQueued: deleting a queued run invalidates its token, and the restored run waits for a scheduler.
func TestDeleteQueued(t *testing.T) {
	s := Open(t.TempDir())
	r, token := queue(t, s, slurmJob)
	if err := s.Delete(r, false); err != nil {
		t.Fatal(err)
	}
	if s.HasClaim(token) {
		t.Error("the claim stays")
	}
	if err := take(s, r.ID, token, 0); !errors.Is(err, ErrNotFound) {
		t.Errorf("the job: %v", err)
	}
	if err := os.Rename(filepath.Join(s.TrashDir(), r.ID), r.Dir); err != nil {
		t.Fatal(err)
	}
	if err := take(s, r.ID, token, 0); !errors.Is(err, ErrNotQueued) {
		t.Errorf("the job of the restored run: %v", err)
	}
	if found, err := s.Sweep(0, nil); err != nil || len(found) != 1 || r.Status() != Staged {
		t.Errorf("swept %v, %v, status %s", found, err, r.Status())
	}
	if _, err := s.Claim(r.ID); err != nil {
		t.Error(err)
	}
}

// TestStartAnew: a version that does not know the phase of a run starts it, and then this version does.
func TestStartAnew(t *testing.T) {
	for name, last := range map[string]string{"queued": ".phase.7.n.100.queued", "with a loss": ".phase.7.n.100.ended.0.200.full"} {
		t.Run(name, func(t *testing.T) {
			s := Open(t.TempDir())
			r := newRun(t, s, Pending)
			if err := os.Rename(r.GuildPath(phase.First.Name()), r.GuildPath(last)); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(r.GuildPath(".phase.2.m.300.ended.3.400"), nil, 0o666); err != nil {
				t.Fatal(err)
			}
			if o, ok := r.Outcome(); !ok || o.Exit != 3 {
				t.Errorf("outcome %+v, %v", o, ok)
			}
			l, err := r.TryLock()
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Restage(l); err != nil {
				t.Fatal(err)
			}
			token := requeue(t, s, r.ID, slurmJob)
			if err := take(s, r.ID, token, 0); err != nil {
				t.Fatal(err)
			}
			if st := r.Status(); st != Completed {
				t.Errorf("status %s", st)
			}
		})
	}
}

// TestEndedByEngine: the reason why an engine ended a run is shown, and no longer after a start by hand.
func TestEndedByEngine(t *testing.T) {
	s := Open(t.TempDir())
	job := enginejob.Job{Kind: "slurm", Job: "12_3", Survives: true}
	r, token := queue(t, s, job)
	if err := take(s, r.ID, token, -15); err != nil {
		t.Fatal(err)
	}
	if reason := r.State().Reason; reason != "" {
		t.Errorf("reason %q", reason)
	}
	job.EndedBy = "preempted"
	if err := r.SetEngineJob(job); err != nil {
		t.Fatal(err)
	}
	if reason := r.State().Reason; reason != "ended by Slurm (job 12_3): preempted" {
		t.Errorf("reason %q", reason)
	}
	l, _, err := s.Own(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Begin(Self()), l.Finish(-15), l.Close()); err != nil {
		t.Fatal(err)
	}
	if _, ok := r.EngineJob(); ok || r.State().Reason != "" {
		t.Errorf("of an earlier start: %q", r.State().Reason)
	}
}
