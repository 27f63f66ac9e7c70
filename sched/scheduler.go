package sched

import (
	"context"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"guild/proc"
	"guild/runs"
	"guild/runs/catalog"
	"guild/sched/web"
)

// Scheduler starts staged runs of a store.
type Scheduler struct {
	pool

	catalog *catalog.Catalog // for the dashboard

	opts Options
	self *runs.Run // the scheduler's own run
	log  zerolog.Logger

	queue    *queue
	sweeper  *sweeper
	retry    <-chan time.Time
	failures map[string]failure // of starts, by run id
	problems map[string]string  // what is wrong now, by subject, so that it is logged once
	started  int                // runs, so far
	done     int                // of them, with exit status 0
	failed   int
	idle     bool // "waiting" has been logged since the last start
	blocked  string
	begun    time.Time
	state    publisher
}

// New returns a scheduler that is the operation of run self.
func New(c *catalog.Catalog, self *runs.Run, opts Options, log zerolog.Logger) *Scheduler {
	return &Scheduler{
		catalog: c,
		pool:    newPool(c.Store, opts.Workers),
		opts:    opts, self: self, log: log,
		queue:    newQueue(c.Store),
		failures: map[string]failure{},
		sweeper:  &sweeper{store: c.Store, log: log},
		problems: map[string]string{},
		state:    publisher{run: self, log: log},
	}
}

// Run schedules until ctx ends or, with RunOnce, nothing is left to do. Runs under way go on without it.
func (s *Scheduler) Run(ctx context.Context) error {
	s.begun = time.Now()
	s.log.Info().Msgf("Starting %s", s.opts.Kind.name())
	if s.opts.ResourcesError != nil {
		s.log.Warn().Msg(sentence(s.opts.ResourcesError))
	}
	closeCluster := func() {}
	if s.opts.Kind == Dask {
		var err error
		if closeCluster, err = s.openCluster(ctx); err != nil {
			return err
		}
	}
	err := s.loop(ctx)
	s.log.Info().Msgf("Stopping %s", s.opts.Kind.name())
	closeCluster()
	return err
}

// openCluster says how many workers there are and opens the dashboard. The workers themselves are processes that come and
// go with their runs.
func (s *Scheduler) openCluster(ctx context.Context) (closeFn func(), err error) {
	if s.opts.WorkersGiven {
		s.log.Info().Msgf("Initializing cluster with %d workers", s.opts.Workers)
	} else {
		s.log.Info().Msg("Initializing cluster")
	}
	closeDashboard, err := s.openDashboard(ctx)
	if err != nil {
		return nil, err
	}
	return func() {
		s.log.Info().Msg("Stopping Dask cluster")
		closeDashboard()
	}, nil
}

func (s *Scheduler) openDashboard(ctx context.Context) (closeFn func(), err error) {
	addr, disabled, err := web.ParseAddress(s.opts.Dashboard)
	if err != nil {
		return nil, err
	}
	if disabled {
		s.log.Info().Msg("Dashboard link: <disabled>")
		return func() {}, nil
	}
	srv, err := web.Start(ctx, web.Config{Catalog: s.catalog, Addr: addr, SchedulerRun: s.self.ID, Logger: s.log})
	if err != nil {
		return nil, err
	}
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

func (s *Scheduler) loop(ctx context.Context) error {
	woken, closeWatch, err := s.watch()
	if err != nil {
		return err
	}
	defer closeWatch()
	poll := time.NewTicker(s.opts.PollInterval)
	defer poll.Stop()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	defer s.close()
	s.state.start()

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	proc.EndLeft(s.store)
	go s.endLeft(ctx)
	s.recover()
	if s.opts.RunOnce {
		s.log.Info().Msg("Processing staged runs")
	}
	look := true
	for {
		if look {
			s.problem("queue", s.queue.refresh())
		}
		s.schedule(ctx)
		if s.opts.RunOnce && s.drained() {
			if err := s.blind(); err != nil {
				return err
			}
			s.log.Info().Msgf("%s processed %d run(s) in %.1f seconds", title(s.opts.Kind.name()), s.started,
				time.Since(s.begun).Seconds())
			return nil
		}
		s.logIdle()
		s.state.update(s.snapshot)
		select {
		case <-ctx.Done():
			return nil
		case e := <-s.events:
			s.handle(e)
			// The last one of a run-once scheduler looks again: a run may have been staged meanwhile.
			look = s.opts.RunOnce && s.busy() == 0
		case <-woken:
			look = true
		case <-s.retry:
			look = true
		case <-poll.C:
			if err := s.vanished(); err != nil {
				return err
			}
			s.recover()
			look = true
		case <-sweep.C:
			go s.sweeper.sweep()
		case <-s.state.due():
			look = false
		}
	}
}

// watch tells of newly staged runs, as far as the system can.
func (s *Scheduler) watch() (woken <-chan struct{}, closeFn func(), err error) {
	dir, err := s.store.StagedDir()
	if err != nil {
		return nil, nil, err
	}
	w, err := watchStaged(dir)
	if err != nil {
		s.log.Warn().Msgf("Staged runs are found only by polling: %v", err)
		return nil, func() {}, nil
	}
	return w.woken, w.close, nil
}

// schedule claims and logs all runs that free slots allow, and only then starts them: a fast operation that prints would
// otherwise come between.
func (s *Scheduler) schedule(ctx context.Context) {
	for _, c := range s.claim(ctx) {
		if ctx.Err() != nil {
			s.release(c)
			continue
		}
		if err := s.start(c); err != nil {
			s.log.Error().Msgf("Run %s stays staged: %v", c.Run.ID, err)
			s.failedToStart(c.Run.ID)
			s.release(c)
			continue
		}
		s.started++
		s.idle = false
	}
	s.retire()
}

func (s *Scheduler) release(c claimed) {
	if err := c.Release(); err != nil {
		s.log.Error().Msg(sentence(err))
	}
}

// drained reports that nothing is under way and nothing waits that this scheduler could start.
func (s *Scheduler) drained() bool { return s.busy() == 0 && !s.queue.startable() }

func (s *Scheduler) logIdle() {
	if !s.idle && !s.opts.RunOnce && s.busy() == 0 && len(s.queue.markers) == 0 {
		s.idle = true
		s.log.Info().Msg("Waiting for staged runs")
	}
}

// close says what goes on without this scheduler.
func (s *Scheduler) close() {
	s.retire()
	s.awaitRetired(s.handle)
	close(s.closed)
	var left []string
	for _, sl := range s.slots {
		if sl.run != nil {
			left = append(left, sl.run.ShortID())
		}
		if sl.proc != nil {
			sl.proc.Retire()
		}
	}
	if len(left) > 0 {
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
