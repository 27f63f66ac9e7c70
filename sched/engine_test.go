package sched

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/enginejob"
	"guild/sched/engine"
)

// fakeEngine executes jobs in this process when told to. Its methods do what a test has set, or else what a good engine does.
type fakeEngine struct {
	store *runs.Store

	mu        sync.Mutex
	room      int // number of further jobs that it takes now
	least     int // least room there ever was
	submitted []engine.Job
	cancelled []string // tokens
	states    map[string]engine.State
	unknown   error // error of Known
	events    chan engine.Event
	onSubmit  func(j *engine.Job) // sets the answer; nil accepts
	afterward func(j engine.Job)  // is called for accepted jobs
}

func newFakeEngine(store *runs.Store) *fakeEngine {
	return &fakeEngine{store: store, room: 10, states: map[string]engine.State{}, events: make(chan engine.Event, 100)}
}

func (*fakeEngine) Traits() engine.Traits {
	return engine.Traits{Kind: "slurm", Cluster: "test", Queues: true, Survives: true}
}
func (f *fakeEngine) Room() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.room
}

// take changes the room.
func (f *fakeEngine) take(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.room += n
	f.least = min(f.least, f.room)
}
func (*fakeEngine) Fits(engine.Needs) string      { return "" }
func (f *fakeEngine) Events() <-chan engine.Event { return f.events }
func (*fakeEngine) Close()                        {}
func (f *fakeEngine) Cancel(_ context.Context, jobs []*engine.Job) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, j := range jobs {
		f.cancelled = append(f.cancelled, j.Token)
	}
}

func (f *fakeEngine) Submit(_ context.Context, jobs []*engine.Job) {
	for _, j := range jobs {
		j.Ref = "1_" + j.Run.ID
		if f.onSubmit != nil {
			f.onSubmit(j)
		}
		f.mu.Lock()
		f.submitted = append(f.submitted, *j)
		f.mu.Unlock()
		if f.afterward != nil && j.Err == nil {
			f.afterward(*j)
		}
	}
}

func (f *fakeEngine) Known(_ context.Context, jobs []*engine.Job) (map[string]engine.State, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.states, f.unknown
}

// execute does what the job of an engine does; exit is the exit status of the run.
func (f *fakeEngine) execute(j engine.Job, exit int) error {
	l, err := f.store.TakeQueued(context.Background(), j.Run.ID, j.Token)
	if err != nil {
		return err
	}
	o := runs.Self()
	o.Claim = j.Token
	return errors.Join(l.Begin(o), l.Finish(exit), f.store.DropClaim(j.Token), l.Close())
}

// tell sends an event of a job.
func (f *fakeEngine) tell(j engine.Job, p engine.Progress) {
	f.events <- engine.Event{Token: j.Token, State: engine.State{Progress: p}}
}

func (f *fixture) onEngine(fake *fakeEngine, change func(*Options)) *Scheduler {
	return f.scheduler(func(o *Options) {
		o.Workers, o.PollInterval = 10, 10*time.Millisecond
		o.OpenEngine = func(context.Context, zerolog.Logger) (engine.Engine, error) { return fake, nil }
		if change != nil {
			change(o)
		}
	})
}

func (f *fixture) runOnEngine(fake *fakeEngine, change func(*Options)) {
	f.t.Helper()
	if err := f.onEngine(fake, change).Run(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
}

func TestEngineRunsWhatIsStaged(t *testing.T) {
	f := newFixture(t)
	a, b := f.stage("a", ""), f.stage("b", "")
	fake := newFakeEngine(f.store)
	fake.afterward = func(j engine.Job) {
		exit := 0
		if j.Run.ID == "b" {
			exit = 3
		}
		if err := fake.execute(j, exit); err != nil {
			t.Error(err)
		}
		fake.tell(j, engine.Ended)
	}
	f.runOnEngine(fake, nil)
	f.wantStatus(a, runs.Completed)
	f.wantStatus(b, runs.Error)
	f.inOrder("Starting staged run a (job 1_a)", "Starting staged run b (job 1_b)", "Dask scheduler processed 2 run(s)")
	if claims, _ := f.store.Claims(); len(claims) != 0 {
		t.Errorf("claims left: %v", claims)
	}
	about, _ := a.EngineJob()
	if about.Job != "1_a" || about.Attempt != 1 || about.Scheduler != f.self.ID {
		t.Errorf("attrs/engine: %+v", about)
	}
}

// TestEngineRefuses: a run whose job the engine refuses is staged again, and after some attempts stays staged.
func TestEngineRefuses(t *testing.T) {
	f := newFixture(t)
	a := f.stage("a", "")
	fake := newFakeEngine(f.store)
	fake.onSubmit = func(j *engine.Job) { j.Ref, j.Err = "", errors.New("invalid partition") }
	f.runOnEngine(fake, nil)
	f.wantStatus(a, runs.Staged)
	if len(fake.submitted) != maxFailures {
		t.Errorf("submitted %d times", len(fake.submitted))
	}
	f.inOrder("Run a stays staged: invalid partition")
}

// TestEngineJobEndsWithoutARun: jobs fail before the run begins, as on a node without the program.
func TestEngineJobEndsWithoutARun(t *testing.T) {
	f := newFixture(t)
	a := f.stage("a", "")
	fake := newFakeEngine(f.store)
	tries := 0
	fake.afterward = func(j engine.Job) {
		if tries++; tries > 1 {
			if err := fake.execute(j, 0); err != nil {
				t.Error(err)
			}
		}
		fake.events <- engine.Event{Token: j.Token, State: engine.State{Progress: engine.Ended, Reason: "guild: not found"}}
	}
	f.runOnEngine(fake, nil)
	f.wantStatus(a, runs.Completed)
	f.inOrder("Starting staged run a", "Staged run a again: its job ended before the run began: guild: not found", "Starting staged run a")
	if old := fake.execute(fake.submitted[0], 0); !errors.Is(old, runs.ErrNotQueued) {
		t.Errorf("the first job, executed late: %v", old)
	}
}

// TestEngineStopped: waiting runs go back to the queue, and running ones go on.
func TestEngineStopped(t *testing.T) {
	f := newFixture(t)
	a, b := f.stage("a", ""), f.stage("b", "")
	fake := newFakeEngine(f.store)
	begun := make(chan *runs.Lock, 1)
	fake.afterward = func(j engine.Job) {
		if j.Run.ID == "b" {
			return
		}
		l, err := f.store.TakeQueued(context.Background(), j.Run.ID, j.Token)
		if err == nil {
			err = l.Begin(runs.Self())
		}
		if err != nil {
			t.Error(err)
		}
		begun <- l
		fake.tell(j, engine.Started)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- f.onEngine(fake, func(o *Options) { o.RunOnce = false }).Run(ctx) }()
	defer (<-begun).Close()
	f.await("the start", func() bool { return strings.Contains(f.log.String(), "Run a started") })
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	f.wantStatus(a, runs.Running)
	f.wantStatus(b, runs.Staged)
	if len(fake.cancelled) != 1 || !strings.Contains(fake.cancelled[0], "b.slurm~") {
		t.Errorf("cancelled %v", fake.cancelled)
	}
	f.inOrder("Staged 1 run(s) again that had not started", "Runs under way go on")
}

// TestEngineStopOfAWaitingRun: the job of a run that somebody stops before it begins is cancelled.
func TestEngineStopOfAWaitingRun(t *testing.T) {
	f := newFixture(t)
	a := f.stage("a", "")
	fake := newFakeEngine(f.store)
	fake.afterward = func(j engine.Job) {
		if ended, err := j.Run.EndQueued(-15); !ended || err != nil {
			t.Errorf("ended %v, %v", ended, err)
		}
	}
	f.runOnEngine(fake, nil)
	f.wantStatus(a, runs.Terminated)
	if len(fake.cancelled) != 1 {
		t.Errorf("cancelled %v", fake.cancelled)
	}
}

// TestEngineAdoption: the jobs of a scheduler that was killed are taken over, those of a living one are not.
func TestEngineAdoption(t *testing.T) {
	f := newFixture(t)
	fake := newFakeEngine(f.store)
	living, err := newRunning(f.store)
	if err != nil {
		t.Fatal(err)
	}
	defer living.Close()
	left := map[string]*runs.Run{}
	for id, scheduler := range map[string]string{"orphan": runs.NewID(), "others": living.Run().ID} {
		left[id] = f.stage(id, "")
		c, err := f.store.Claim(id)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Queue(enginejob.Job{Kind: "slurm", Cluster: "test", Scheduler: scheduler, Survives: true, Job: "7_" + id}); err != nil {
			t.Fatal(err)
		}
		if id == "orphan" {
			fake.tell(engine.Job{Token: c.Name()}, engine.Waiting)
			go func() {
				f.await("adoption", func() bool { return strings.Contains(f.log.String(), "Took over 1 run(s)") })
				if err := fake.execute(engine.Job{Run: left["orphan"], Token: c.Name()}, 0); err != nil {
					t.Error(err)
				}
			}()
		}
	}
	f.runOnEngine(fake, nil)
	f.wantStatus(left["orphan"], runs.Completed)
	f.wantCounts("1 run(s): 1 completed", 1, 0)
	f.wantStatus(left["others"], runs.Pending)
}

func newRunning(s *runs.Store) (*runs.Lock, error) {
	d, err := s.Draft("")
	if err != nil {
		return nil, err
	}
	return d.CommitOwned(runs.Running)
}

// TestEngineLost: waiting runs are staged again when the cluster is gone; run-once then fails.
func TestEngineLost(t *testing.T) {
	f := newFixture(t)
	a := f.stage("a", "")
	fake := newFakeEngine(f.store)
	gone := errors.New("lost the cluster")
	fake.afterward = func(engine.Job) { fake.events <- engine.Event{Lost: gone} }
	s := f.onEngine(fake, nil)
	if err := s.Run(t.Context()); !errors.Is(err, gone) || s.started != 0 {
		t.Errorf("run-once: %v, %d started", err, s.started)
	}
	if strings.Contains(f.log.String(), "Took over") {
		t.Errorf("log:\n%s", f.log.String())
	}
	f.wantStatus(a, runs.Staged)
}

// TestEngineManyRuns: there are never more jobs than the engine has room for.
func TestEngineManyRuns(t *testing.T) {
	f := newFixture(t)
	const total = 50
	for range total {
		f.stage("", "")
	}
	fake := newFakeEngine(f.store)
	const room = 7
	fake.room = room
	var executing sync.WaitGroup
	fake.afterward = func(j engine.Job) {
		fake.take(-1)
		executing.Go(func() {
			if err := fake.execute(j, 0); err != nil {
				t.Error(err)
			}
			fake.take(1)
			fake.tell(j, engine.Ended)
		})
	}
	f.runOnEngine(fake, nil)
	executing.Wait() // the scheduler sees a run's end before the job that executed it has ended
	if fake.least < 0 {
		t.Errorf("%d jobs more than there was room for", -fake.least)
	}
	ids := map[string]bool{}
	for _, j := range fake.submitted {
		ids[j.Run.ID] = true
	}
	if len(ids) != total || len(fake.submitted) != total {
		t.Errorf("%d runs in %d jobs", len(ids), len(fake.submitted))
	}
	all, _ := catalog.New(f.store, nil).List()
	if n := len(slices.DeleteFunc(all, func(r *runs.Run) bool { return r.Status() != runs.Completed })); n != total {
		t.Errorf("%d completed", n)
	}
}
