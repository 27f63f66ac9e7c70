package web

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"guild/sched/web/reply"
)

const (
	pollEvery   = time.Second
	beatsEvery  = 5 * time.Second // a new heartbeat alone is sent at most this often
	forgetAfter = time.Minute     // after this time without clients the picture of the root is dropped
)

// frame is a snapshot in the form in which it is sent.
type frame struct {
	version int           // goes up with each change
	data    []byte        // JSON of the Snapshot
	lanes   func() []byte // JSON of the Lanes, made on demand
}

// poller looks at the store while there are clients. One goroutine serves all of them; without clients there is none.
type poller struct {
	life  context.Context
	clock *clock
	log   zerolog.Logger
	here  string
	acts  bool // see Snapshot.Actions
	empty func() *picture
	idle  func() // called after a while without clients; may be nil

	turn    chan struct{} // holds one token: its holder may use picture
	picture *picture

	mu      sync.Mutex
	clients int
	loops   sync.WaitGroup
	stop    context.CancelFunc // of the current loop
	forget  *time.Timer
	current *frame
	renewed chan struct{} // closed after the next look
	since   time.Time     // when the current look began; zero between looks
	what    string        // last published snapshot, without times that always change
	beats   string        // heartbeats of the last published snapshot
	newsAt  time.Time
}

func newPoller(life context.Context, c *clock, cfg Config) *poller {
	p := &poller{life: life, clock: c, log: cfg.Logger, here: cfg.SchedulerRun, acts: cfg.Act != nil && !cfg.Open,
		empty: func() *picture { return newPicture(cfg.Catalog, cfg.Select, c.now) }, turn: make(chan struct{}, 1), renewed: make(chan struct{})}
	p.turn <- struct{}{}
	p.picture = p.empty()
	return p
}

// watch keeps the poller running until the returned function is called.
func (p *poller) watch() (leave func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clients++
	if p.clients == 1 && p.life.Err() == nil {
		if p.forget != nil {
			p.forget.Stop()
		}
		ctx, cancel := context.WithCancel(p.life)
		p.stop = cancel
		p.loops.Go(func() { p.loop(ctx) })
	}
	return sync.OnceFunc(p.leave)
}

func (p *poller) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clients--
	if p.clients > 0 || p.stop == nil {
		return
	}
	p.stop()
	p.current = nil // it would be outdated for the next client
	if p.life.Err() == nil {
		p.forget = time.AfterFunc(forgetAfter, p.drop)
	}
}

func (p *poller) drop() {
	select {
	case <-p.turn:
	default:
		return // a new client has come
	}
	p.picture = p.empty()
	p.turn <- struct{}{}
	if p.idle != nil {
		p.idle()
	}
	debug.FreeOSMemory() // comparisons of many runs took memory that is not needed again soon
}

// wait waits until no goroutine of the poller is left, after life has ended.
func (p *poller) wait() {
	p.mu.Lock()
	if p.forget != nil {
		p.forget.Stop()
	}
	p.mu.Unlock()
	p.loops.Wait()
}

// look returns the latest frame, nil before the first, and a channel that is closed after the next look at the store.
func (p *poller) look() (*frame, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.current, p.renewed
}

// stalled returns how long the current look has been waiting for the store.
func (p *poller) stalled() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.since.IsZero() {
		return 0
	}
	return p.clock.now().Sub(p.since)
}

func (p *poller) loop(ctx context.Context) {
	select {
	case <-p.turn:
	case <-ctx.Done():
		return
	}
	defer func() { p.turn <- struct{}{} }()
	tick, stop := p.clock.ticker(pollEvery)
	defer stop()
	for {
		p.refresh(ctx)
		select {
		case <-tick:
		case <-ctx.Done():
			return
		}
	}
}

func (p *poller) refresh(ctx context.Context) {
	p.mu.Lock()
	p.since = p.clock.now()
	p.mu.Unlock()
	err := p.picture.refresh()
	s := p.picture.snapshot(p.here)
	s.Actions = p.acts
	if err != nil {
		s.Error = err.Error()
		p.log.Debug().Err(err).Msg("dashboard")
	}
	what, beats := withoutClock(s)
	data := reply.Encode(s)
	l := p.picture.lanes(s)
	lanes := sync.OnceValue(func() []byte { return reply.Encode(l) })
	p.mu.Lock()
	defer p.mu.Unlock()
	p.since = time.Time{}
	if ctx.Err() != nil { // the last client has left
		return
	}
	f := &frame{version: 1, data: data, lanes: lanes}
	if p.current != nil {
		f.version = p.current.version
	}
	if p.current == nil || what != p.what || beats != p.beats && s.Now.Sub(p.newsAt) >= beatsEvery {
		f.version++
		p.what, p.beats, p.newsAt = what, beats, s.Now
	}
	p.current = f
	close(p.renewed)
	p.renewed = make(chan struct{})
}

// withoutClock returns a snapshot as text, without what changes at every look, and separately the heartbeats, which change although nothing
// happens.
func withoutClock(s *Snapshot) (what, beats string) {
	c := *s
	c.Now = time.Time{}
	c.Schedulers = make([]Scheduler, len(s.Schedulers))
	var b []byte
	for i, sched := range s.Schedulers {
		b = sched.Heartbeat.AppendFormat(b, time.RFC3339Nano)
		sched.Heartbeat = time.Time{}
		c.Schedulers[i] = sched
	}
	return string(reply.Encode(&c)), string(b)
}
