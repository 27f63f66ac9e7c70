package sched

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"guild/proc"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/process"
	"guild/sched/engine"
	"guild/sched/engine/local"
	"guild/sched/web"
	"guild/sched/web/listen"
)

// Scheduler starts staged runs of a store.
type Scheduler struct {
	store   *runs.Store
	catalog *catalog.Catalog // of the store, for the dashboard
	opts    Options
	self    *runs.Run // the scheduler's own run
	log     zerolog.Logger
	engine  engine.Engine // nil until Run
	traits  engine.Traits

	queue       *queue
	sweeper     *sweeper
	host        *hostRuns
	gpus        []string // to share out
	fairness    fairness
	jobs        map[string]*job // runs that were handed to the engine and have not ended, by token
	asking      asking
	claims      claimWatch
	unexplained []*job              // have failed or were terminated; the engine has not said yet whether it did that
	putBack     bool                // a run could not be started and waits again
	outcomes    map[runs.Status]int // of runs that ended here
	retry       retry
	failures    map[string]failure // of starts, by run id
	cut         []cut
	problems    map[string]string // what is wrong now, by subject, so that it is logged once
	foreign     map[string]bool   // claimed runs of other users that have been logged
	started     int               // runs, so far
	done        int               // of them, with exit status 0
	failed      int
	idle        bool // "waiting" has been logged since the last start
	blocked     string
	byHand      []string // runs without a claim that a scheduler which waits for running runs has found
	begun       time.Time
	timeUp      <-chan time.Time // when the scheduler has to end; nil is never
	worked      time.Time        // when a run was last under way
	longest     time.Duration    // of the runs so far
	recent      recent
	state       publisher
}

// New returns a scheduler that is the operation of run self.
func New(c *catalog.Catalog, self *runs.Run, opts Options, log zerolog.Logger) *Scheduler {
	s := &Scheduler{
		store: c.Store, catalog: c, opts: opts, self: self, log: log,
		queue:    newQueue(c.Store),
		fairness: fairness{now: time.Now},
		jobs:     map[string]*job{},
		sweeper:  &sweeper{store: c.Store, log: log, quiet: copyQuiet},
		failures: map[string]failure{},
		problems: map[string]string{},
		foreign:  map[string]bool{},
		outcomes: map[runs.Status]int{},
		state:    publisher{run: self, log: log},
	}
	s.host = &hostRuns{store: c.Store, opts: &s.opts}
	return s
}

// Run schedules until ctx ends or, with RunOnce, nothing is left to do. Runs under way go on without it.
func (s *Scheduler) Run(ctx context.Context) error {
	s.begun = time.Now()
	s.log.Info().Msgf("Starting %s", s.opts.Kind.name())
	if s.opts.ResourcesError != nil {
		s.log.Warn().Msg(sentence(s.opts.ResourcesError))
	}
	if err := s.openGPUs(ctx); err != nil {
		return err
	}
	closeCluster := func() {}
	if s.opts.Kind != Queue {
		var err error
		if closeCluster, err = s.openCluster(ctx); err != nil {
			return err
		}
	}
	err := s.openEngine(ctx)
	if err == nil {
		err = s.loop(ctx)
	}
	s.log.Info().Msgf("Stopping %s", s.opts.Kind.name())
	closeCluster()
	return err
}

func (s *Scheduler) openEngine(ctx context.Context) (err error) {
	if s.opts.OpenEngine == nil {
		s.engine = local.New(s.store, s.opts.Workers)
	} else if s.engine, err = s.opts.OpenEngine(ctx, s.log); err != nil {
		return err
	}
	s.traits = s.engine.Traits()
	return nil
}

// openCluster says how many workers there are and opens the dashboard. The workers themselves are processes that come and
// go with their runs.
func (s *Scheduler) openCluster(ctx context.Context) (closeFn func(), err error) {
	switch {
	case s.opts.OpenEngine != nil: // which says what it has
	case s.opts.WorkersGiven:
		s.log.Info().Msgf("Initializing cluster with %d workers", s.opts.Workers)
	default:
		s.log.Info().Msg("Initializing cluster")
	}
	closeDashboard, err := s.openDashboard(ctx)
	if err != nil {
		return nil, err
	}
	return func() {
		if s.opts.OpenEngine == nil { // else the cluster is not ours
			s.log.Info().Msg("Stopping Dask cluster")
		}
		closeDashboard()
	}, nil
}

func (s *Scheduler) openDashboard(ctx context.Context) (closeFn func(), err error) {
	addr, disabled, err := listen.ParseAddress(s.opts.Dashboard)
	if err != nil {
		return nil, err
	}
	if disabled {
		s.log.Info().Msg("Dashboard link: <disabled>")
		return func() {}, nil
	}
	srv, err := web.Start(ctx, web.Config{Catalog: s.catalog, Addr: addr, SchedulerRun: s.self.ID, Logger: s.log,
		Open: s.opts.OpenDashboard, Act: s.opts.Act, Planned: s.opts.Planned})
	if err != nil {
		return nil, err
	}
	s.sayWhoSees(srv)
	s.log.Info().Msgf("Dashboard link: %s", srv.URL())
	s.state.dashboard = srv.URL()
	return func() {
		const patience = 2 * time.Second
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		if err := srv.Close(ctx); err != nil {
			s.log.Warn().Msgf("Dashboard: %v", err)
		}
	}, nil
}

// sayWhoSees logs who sees the dashboard. The link with the token is a secret: a log that others can read names the command that
// prints it.
func (s *Scheduler) sayWhoSees(srv *web.Server) {
	switch {
	case s.opts.OpenDashboard:
		s.log.Warn().Msgf("Everybody who reaches %s sees all runs: dashboard-token is no", srv.URL())
	case s.self.Private():
		s.log.Info().Msgf("Dashboard link for others than %s on %s: %s", process.Username(), process.Hostname(), srv.Link())
	default:
		s.log.Info().Msgf("Others than %s on %s need a link to the dashboard that 'guild view --link' prints", process.Username(), process.Hostname())
	}
}

func (s *Scheduler) loop(ctx context.Context) error {
	woken, closeWatch, err := s.watchStaged()
	if err != nil {
		return err
	}
	defer closeWatch()
	claims, closeClaims := s.watchClaims()
	defer closeClaims()
	poll := time.NewTicker(s.opts.PollInterval)
	defer poll.Stop()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	var beside sync.WaitGroup // what does not keep the loop
	defer beside.Wait()
	defer s.close(ctx)
	s.state.start()

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	proc.EndLeft(s.store)
	beside.Go(func() { s.endLeft(ctx) })
	s.recover()
	s.adopt()
	if s.opts.RunOnce {
		s.sweeper.stageAllMarked(ctx)
	} else {
		s.sweeper.stageMarked()
	}
	defer s.startClock()()
	if s.opts.RunOnce {
		s.log.Info().Msg("Processing staged runs")
	}
	look, swept := true, false
	for {
		if look {
			s.problem("queue", s.queue.refresh())
		}
		s.schedule(ctx)
		if s.putBack && s.opts.RunOnce { // else the marker's return is a change in .staged, which wakes
			s.putBack, look = false, true
			continue
		}
		if s.opts.RunOnce && s.drained() {
			if !swept { // a root may have no scheduler that stays, which would find copies of staged runs
				s.sweeper.sweep()
				swept, look = true, true
				continue
			}
			if err := s.blind(); err != nil {
				return err
			}
			s.logProcessed()
			return nil
		}
		if s.leaves() {
			return nil
		}
		s.logIdle()
		s.state.update(s.snapshot)
		select {
		case <-ctx.Done():
			return nil
		case e := <-s.engine.Events():
			if err := s.handle(ctx, e); err != nil {
				return err
			}
			// The last one of a run-once scheduler looks again: a run may have been staged meanwhile.
			look = s.opts.RunOnce && len(s.jobs) == 0
		case <-claims:
			s.claimsChanged(ctx)
			look = s.opts.RunOnce && len(s.jobs) == 0
		case <-s.timeUp:
		case <-s.asking.due():
			s.follow(ctx)
			look = s.opts.RunOnce && len(s.jobs) == 0
		case <-woken:
			look = true
		case <-s.retry.due:
			look = true
		case <-poll.C:
			if err := s.vanished(); err != nil {
				return err
			}
			s.recover()
			s.adopt()
			s.follow(ctx)
			s.queue.readAgain(&s.opts)
			beside.Go(func() { s.sweeper.stageMarked() })
			look = true
		case <-sweep.C:
			beside.Go(s.sweeper.sweep)
		case <-s.state.due():
			look = false
		}
	}
}

func (s *Scheduler) logProcessed() {
	if _, ok := s.engine.(engine.Autonomous); ok { // which runs were started is in the runs of its jobs
		s.log.Log().Msgf("%s has nothing left to start after %.1f seconds", title(s.opts.Kind.name()), time.Since(s.begun).Seconds())
		return
	}
	s.log.Log().Msg(s.summary())
}

// drained reports that nothing is under way and nothing waits that this scheduler could start.
func (s *Scheduler) drained() bool {
	if a, ok := s.engine.(engine.Autonomous); ok && a.Busy() {
		return false
	}
	return len(s.jobs) == 0 && len(s.unexplained) == 0 && !s.queue.startable()
}

func (s *Scheduler) logIdle() {
	if !s.idle && !s.opts.RunOnce && len(s.jobs) == 0 && len(s.queue.markers) == 0 {
		s.idle = true
		s.log.Info().Msg("Waiting for staged runs")
	}
}

// close gives up what has not begun, and says what goes on without this scheduler.
func (s *Scheduler) close(ctx context.Context) {
	s.giveUpWaiting(ctx)
	if s.opts.Kind == Node {
		s.takeBack()
	}
	s.endUnderWay(ctx)
	s.engine.Close()
	var left []string
	for _, j := range s.jobs {
		left = append(left, j.Run.ShortID())
	}
	if len(left) > 0 {
		slices.Sort(left)
		s.log.Info().Msgf("Runs under way go on without the scheduler (to end them: guild stop ID): %s", joinIDs(left))
	}
	final := s.snapshot()
	final.Stopping = true
	s.state.finish(final)
}

// sentence is an error as a line of the log.
func sentence(err error) string { return title(strings.ReplaceAll(err.Error(), "\n", "; ")) }

func title(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
