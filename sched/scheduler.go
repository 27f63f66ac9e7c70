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
	gpus        []string // that it can give to runs
	fairness    fairness
	jobs        map[string]*job // runs that were handed to the engine and have not ended, by token
	poll        pollSchedule
	claims      claimWatch
	unexplained []*job              // runs that failed or were terminated while the engine has not yet said whether it caused that
	putBack     bool                // a run could not be started and waits again
	outcomes    map[runs.Status]int // of runs that ended here
	retry       retry
	failures    map[string]failure // failed attempts to start, by run id
	signalled   []signalledRun
	problems    map[string]string // current errors by subject, so that each is logged once
	foreign     map[string]bool   // claimed runs of other users that have been logged
	started     int               // number of runs started so far
	done        int               // number of them that completed
	failed      int
	idle        bool // "Waiting for staged runs" has been logged since the last start
	blocked     string
	byHand      []string // running runs without a claim, as found by underWay
	begun       time.Time
	timeUp      <-chan time.Time // fires when the scheduler has to end; nil: never
	worked      time.Time        // when a run was last under way
	longest     time.Duration    // longest duration of a run so far
	recent      recent
	state       publisher
}

// New returns a scheduler whose own run is self.
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

// Run schedules until ctx ends or, with RunOnce, nothing is left to do. Runs under way then continue, or are ended as OnStop says.
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

// openCluster logs the number of workers and opens the dashboard. There are no processes to start: a worker lives as long as its run.
func (s *Scheduler) openCluster(ctx context.Context) (closeFn func(), err error) {
	switch {
	case s.opts.OpenEngine != nil: // the engine logs what it has
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
		if s.opts.OpenEngine == nil { // otherwise the cluster is not ours
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
	s.logAccess(srv)
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

// logAccess logs who can see the dashboard. The link with the token is a secret; if others can read the log, it names the command that
// prints the link.
func (s *Scheduler) logAccess(srv *web.Server) {
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
	var background sync.WaitGroup // work outside of the loop
	defer background.Wait()
	defer s.close(ctx)
	s.state.start()

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	proc.EndLeft(s.store)
	background.Go(func() { s.endLeftovers(ctx) })
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
		if s.putBack && s.opts.RunOnce { // otherwise the returned marker changes .staged, which wakes the loop
			s.putBack, look = false, true
			continue
		}
		if s.opts.RunOnce && s.drained() {
			if !swept { // no other scheduler may use this root that would find copies of staged runs
				s.sweeper.sweep()
				swept, look = true, true
				continue
			}
			if err := s.lookError(); err != nil {
				return err
			}
			s.logProcessed()
			return nil
		}
		if s.shouldEnd() {
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
			// Before it ends, a run-once scheduler looks again: a run may have been staged meanwhile.
			look = s.opts.RunOnce && len(s.jobs) == 0
		case <-claims:
			s.claimsChanged(ctx)
			look = s.opts.RunOnce && len(s.jobs) == 0
		case <-s.timeUp:
		case <-s.poll.due():
			s.follow(ctx)
			look = s.opts.RunOnce && len(s.jobs) == 0
		case <-woken:
			look = true
		case <-s.retry.due:
			look = true
		case <-poll.C:
			if err := s.checkRoot(); err != nil {
				return err
			}
			s.recover()
			s.adopt()
			s.follow(ctx)
			s.queue.readAgain(&s.opts)
			background.Go(func() { s.sweeper.stageMarked() })
			look = true
		case <-sweep.C:
			background.Go(s.sweeper.sweep)
		case <-s.state.due():
			look = false
		}
	}
}

func (s *Scheduler) logProcessed() {
	if _, ok := s.engine.(engine.Autonomous); ok { // the runs of its jobs log which runs were started
		s.log.Log().Msgf("%s has nothing left to start after %.1f seconds", title(s.opts.Kind.name()), time.Since(s.begun).Seconds())
		return
	}
	s.log.Log().Msg(s.summary())
}

// drained reports whether nothing is under way and nothing waits that this scheduler could start.
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

// close stages again what has not begun, handles the runs under way, and logs which of them go on.
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

// sentence returns an error as a line for the log.
func sentence(err error) string { return title(strings.ReplaceAll(err.Error(), "\n", "; ")) }

func title(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
