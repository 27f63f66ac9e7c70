package runs

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// queue stages a new run and hands it to an engine that outlives its scheduler.
func queue(t *testing.T, s *Store, job EngineJob) (r *Run, token string) {
	t.Helper()
	r = newRun(t, s, Staged)
	if err := s.Stage(r); err != nil {
		t.Fatal(err)
	}
	return r, requeue(t, s, r.ID, job)
}

func requeue(t *testing.T, s *Store, id string, job EngineJob) (token string) {
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

var slurmJob = EngineJob{Kind: "slurm", Cluster: "c", Name: "guild-1", Survives: true, Attempt: 1, Submitted: time.UnixMicro(1700000000000001)}

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

// take begins and ends a queued run as the job of an engine does.
func take(s *Store, id, token string, exit int) error {
	l, err := s.TakeQueued(context.Background(), id, token)
	if err != nil {
		return err
	}
	o := Self()
	o.Claim = token
	return errors.Join(l.Begin(o), l.Finish(exit), s.DropClaim(token), l.Close())
}

// TestTokenStartsOnce has jobs executed twice, late, and after the run was given to somebody else.
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
			for _, name := range []string{".phase.1.n.5.ended.0.7"} {
				if err := os.WriteFile(r.GuildPath(name), nil, 0o666); err != nil {
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
	// A job waits for a lock that somebody holds for a moment, and not for ever.
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

// TestRecoverQueued leaves waiting jobs to engines, and stages again what nobody will start.
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
	dask, token := queue(t, s, EngineJob{Kind: "dask", Scheduler: scheduler.ID, Attempt: 1})
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

// TestQueueCutShort recovers from a scheduler that was killed between the steps of Queue.
func TestQueueCutShort(t *testing.T) {
	for _, step := range []string{"claim renamed", "phase entered"} {
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
			if step == "phase entered" {
				if err := errors.Join(r.SetEngineJob(slurmJob), c.Lock.begin(phaseQueued, func(phase) error { return nil })); err != nil {
					t.Fatal(err)
				}
				want, again = Pending, 0 // its scheduler's successor asks the engine
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
		})
	}
}
