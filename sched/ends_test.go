package sched

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"guild/sched/engine"
	"guild/sched/state"
)

// wantCounts checks the last line of the log without its duration, and what the scheduler has published.
func (f *fixture) wantCounts(last string, done, failed int) {
	f.t.Helper()
	log := regexp.MustCompile(` in \d+\.\d seconds`).ReplaceAllString(strings.Join(f.log.lines(), "\n"), "")
	if !strings.Contains(log+"\n", " processed "+last+"\n") {
		f.t.Errorf("the scheduler has not processed %s:\n%s", last, log)
	}
	if st, err := state.Read(f.self); err != nil || st.Done != done || st.Failed != failed {
		f.t.Errorf("published %+v, %v; want %d completed and %d failed runs", st, err, done, failed)
	}
}

// TestCounts: each run counts once, by how it ended the last time.
func TestCounts(t *testing.T) {
	for name, tt := range map[string]struct {
		script       string
		deletes      bool
		last         string
		done, failed int
		logged       string
	}{
		"completes":            {"exit 0", false, "1 run(s): 1 completed", 1, 0, "Run r completed"},
		"fails":                {"exit 3", false, "1 run(s): 1 failed", 0, 1, "Run r failed (exit status 3)"},
		"is terminated":        {"kill -TERM $$", false, "1 run(s): 1 terminated", 0, 1, "Run r was terminated (exit status -15)"},
		"deletes itself":       {"exit 0", true, "1 run(s): 1 completed", 1, 0, ""},
		"completes when again": {"mkdir ../once", false, "1 run(s): 1 completed", 1, 0, "Run r completed"},
		"fails again":          {"[ -e ../once ] && exit 4; mkdir ../once; exit 3", false, "1 run(s): 1 failed", 0, 1, "Run r failed (exit status 4)"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			r := f.stage("r", tt.script)
			if tt.deletes {
				op, err := r.Attr("op")
				if err != nil {
					t.Fatal(err)
				}
				op.(map[string]any)["delete-on-success"] = true
				if err := r.SetAttr("op", op); err != nil {
					t.Fatal(err)
				}
			}
			f.runOnce(func(o *Options) { o.Retries, o.RetryFailed = 1, strings.HasSuffix(name, "again") })
			f.wantCounts(tt.last, tt.done, tt.failed)
			if !strings.Contains(f.log.String(), tt.logged) {
				t.Errorf("%q is not in the log:\n%s", tt.logged, f.log.String())
			}
			if n := strings.Count(f.log.String(), "Starting staged run r\n"); n < 1 {
				t.Errorf("the start is not in the log:\n%s", f.log.String())
			}
		})
	}
}

// TestQueueLogsStarts: the log of a queue has the starts of runs and not their ends.
func TestQueueLogsStarts(t *testing.T) {
	f := newFixture(t)
	f.stage("r", "exit 0")
	f.runOnce(func(o *Options) { o.Kind = Queue; o.Workers = 1 })
	f.wantCounts("1 run(s): 1 completed", 1, 0)
	if strings.Contains(f.log.String(), "Run r completed") {
		t.Errorf("log:\n%s", f.log.String())
	}
}

// TestUnfitForEngine: a scheduler of an engine starts runs that want no GPUs, or those that it has.
func TestUnfitForEngine(t *testing.T) {
	for _, tt := range []struct {
		ours, theirs string
		unfit        bool
	}{{"1", "2", true}, {"1", "1", false}, {"1", "", false}, {"", "2", false}, {"", "", false}} {
		s := &Scheduler{opts: Options{Kind: Slurm, GPUs: tt.ours}, traits: engine.Traits{Queues: true}}
		if got := s.unfit(&needs{gpus: tt.theirs}); (got != "") != tt.unfit {
			t.Errorf("scheduler with %q, run with %q: %q", tt.ours, tt.theirs, got)
		}
	}
}

// TestTooLate: a run must fit into what is left of the allocation; one without a limit may begin while anything is left.
func TestTooLate(t *testing.T) {
	in := func(d time.Duration) time.Time { return time.Now().Add(d) }
	for _, tt := range []struct {
		ends  time.Time
		limit time.Duration
		late  bool
	}{{time.Time{}, time.Hour, false}, {in(time.Hour), 30 * time.Minute, false}, {in(time.Hour), 2 * time.Hour, true}, {in(time.Hour), 0, false},
		{in(-time.Minute), 0, true}, {in(-time.Minute), time.Second, true}} {
		s := &Scheduler{opts: Options{EndsAt: tt.ends}}
		if got := s.tooLate(&needs{limit: tt.limit}); (got != "") != tt.late {
			t.Errorf("until %v, limit %v: %q", tt.ends, tt.limit, got)
		}
		s.traits.Queues = true // the engine decides
		if got := s.tooLate(&needs{limit: tt.limit}); got != "" {
			t.Errorf("on an engine: %q", got)
		}
	}
	s := &Scheduler{opts: Options{EndsAt: in(-time.Minute)}}
	if got := s.tooLate(&needs{limit: time.Second}); !strings.Contains(got, "1s is longer than the 0s that are left") {
		t.Errorf("%q", got)
	}
	for id, seconds := range map[string]string{"": "1800000000", "7": "", "8": "0", "9": "-1", "10": "soon"} {
		env := map[string]string{"SLURM_JOB_ID": id, "SLURM_JOB_END_TIME": seconds}
		if got := AllocationEnd(func(k string) string { return env[k] }); !got.IsZero() {
			t.Errorf("job %q until %q: %v", id, seconds, got)
		}
	}
}
