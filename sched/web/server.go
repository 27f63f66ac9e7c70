package web

import (
	"context"
	"log"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/rs/zerolog"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/process"
	"guild/sched/web/access"
	"guild/sched/web/curves"
	"guild/sched/web/listen"
)

// Config of a dashboard.
type Config struct {
	Catalog      *catalog.Catalog
	Addr         string         // host:port to listen on, see listen.ParseAddress; port 0 is any free one
	Exact        bool           // a port of Addr that is taken is an error; else another one is used
	BasePath     string         // where a proxy shows the dashboard, such as /user/ada/guild; may be empty, see access.CleanBasePath
	AllowHosts   []string       // names besides this host's own by which a proxy asks
	SchedulerRun string         // id of the run of the scheduler that serves, which the page marks; may be empty
	Logger       zerolog.Logger // gets what goes wrong while serving, at level debug

	LogRequests bool // at level info

	// Open lets everybody in. Otherwise others than the user whose process serves, and root, need the token: see Server.Link.
	Open bool

	// Select returns the runs of a store that the dashboard is about, the latest started first; nil is all of them.
	Select func(*catalog.Catalog) ([]*catalog.Snapshot, error)
	// Batches has comparisons show batches too.
	Batches bool
	// Defined returns, for each comparison anew, what compare.Options has of this name; nil is nothing.
	Defined func() func(*runs.View) (columns []string, ok bool)

	// Planned is how many trials a batch is to have in all; 0: not known. Nil knows of none.
	Planned func(batch *runs.Run) int

	// Act does an action and returns what it has to say, in lines, also beside an error. Nil is a dashboard that only reads, as one that
	// is Open is too.
	Act func(context.Context, Action) (said string, err error)

	clock *clock // tests have their own; nil is the system's
}

// clock is the time as the server sees it.
type clock struct {
	now    func() time.Time
	ticker func(d time.Duration) (c <-chan time.Time, stop func())
}

func systemClock() *clock {
	return &clock{now: time.Now, ticker: func(d time.Duration) (<-chan time.Time, func()) {
		t := time.NewTicker(d)
		return t.C, t.Stop
	}}
}

// Limits of what one client, and all of them, can take.
const (
	headerTimeout = 5 * time.Second
	idleTimeout   = time.Minute
	answerTimeout = 10 * time.Second // for the store to be read
	closeTimeout  = 500 * time.Millisecond
)

// Server is a dashboard that serves.
type Server struct {
	catalog *catalog.Catalog
	base    string   // see Config.BasePath
	allow   []string // see Config.AllowHosts
	choose  func(*catalog.Catalog) ([]*catalog.Snapshot, error)
	only    *chosen // nil: all runs
	batches bool
	defined func() func(*runs.View) ([]string, bool)
	planned func(*runs.Run) int                           // see Config.Planned
	do      func(context.Context, Action) (string, error) // see Config.Act
	log     *zerolog.Logger                               // of requests; nil for none
	clock   *clock
	poller  *poller
	curves  *curves.Cache
	streams chan struct{} // a place per open stream
	readers chan struct{} // a place per request that reads many runs
	http    *http.Server
	url     string
	access  *access.Access       // nil: everybody is let in
	known   *access.Announcement // nil: it could not be made known

	life   context.Context // ends when the server is to close; all requests and the poller end with it
	end    context.CancelFunc
	served chan struct{} // closed when http has returned
	closed chan struct{} // closed when nothing runs any more
}

// Start listens and serves until ctx ends or Close is called. A port that is taken gives way to the next free one. The error
// says why it cannot listen at all.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	limit := listen.ConnectionLimit()
	l, err := listen.On(ctx, cfg.Addr, cfg.Exact)
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(cfg.Addr)
	if err != nil { // listen has split it
		host = ""
	}
	port := l.Addr().(*net.TCPAddr).Port
	s := newServer(ctx, cfg)
	s.url = "http://" + net.JoinHostPort(listen.LinkHost(host, listen.HostAddrs()), strconv.Itoa(port)) + s.base + "/status"
	// Before it serves, so that nobody sees a dashboard that is not known yet.
	if s.known, err = access.Announce(cfg.Catalog.Store, access.Dashboard{URL: s.url, Open: cfg.Open}); err != nil {
		cfg.Logger.Warn().Msgf("'guild view --link' will not know of this dashboard: %v", err)
	}
	s.http = &http.Server{
		Handler:           s.handler(host),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    1 << 14,
		BaseContext:       func(net.Listener) context.Context { return s.life },
		ConnContext:       access.WithOwner,
		ConnState:         listen.NewConnections(limit).Changed,
		ErrorLog:          log.New(debugWriter{cfg.Logger}, "", 0),
	}
	go func() {
		defer close(s.served)
		if err := s.http.Serve(l); err != nil && s.life.Err() == nil {
			cfg.Logger.Debug().Err(err).Msg("dashboard ended")
		}
	}()
	context.AfterFunc(s.life, s.shutdown)
	return s, nil
}

func newServer(ctx context.Context, cfg Config) *Server {
	c := cfg.clock
	if c == nil {
		c = systemClock()
	}
	s := &Server{catalog: cfg.Catalog, base: cfg.BasePath, allow: cfg.AllowHosts, choose: cfg.Select, batches: cfg.Batches, defined: cfg.Defined, planned: cfg.Planned, do: cfg.Act, clock: c,
		streams: make(chan struct{}, listen.StreamLimit(listen.ConnectionLimit())), readers: make(chan struct{}, 1),
		served: make(chan struct{}), closed: make(chan struct{})}
	if cfg.LogRequests {
		s.log = &cfg.Logger
	}
	if s.only = new(chosen); s.choose == nil {
		s.choose, s.only = allSnapshots, nil
	}
	if !cfg.Open {
		s.access = access.New(token(cfg), cfg.BasePath)
	}
	s.life, s.end = context.WithCancel(ctx)
	s.curves = curves.New(c.now)
	s.poller = newPoller(s.life, c, cfg)
	s.poller.idle = s.curves.Clear
	return s
}

// handler is all of the server, listening on host.
func (s *Server) handler(host string) http.Handler {
	g := &access.Guard{Listen: host, Hostname: process.Hostname(), Addrs: listen.HostAddrs, URL: s.url, Allow: s.allow}
	if s.acts() {
		g.Posts = []string{actionPath, s.base + actionPath}
	}
	h := access.WithoutBase(s.base, s.routes())
	if s.access != nil {
		h = s.access.Wrap(h)
	}
	h = g.Wrap(h)
	if s.log == nil {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.log.Info().Msgf("%s %s %s", r.RemoteAddr, r.Method, access.WithoutToken(r.URL))
		h.ServeHTTP(w, r)
	})
}

// token is that of the home, or one for this server alone where the home cannot keep it.
func token(cfg Config) string {
	t, err := access.Token(cfg.Catalog.Store)
	if err != nil {
		cfg.Logger.Warn().Msgf("Links to this dashboard end with it: %v", err)
		return access.NewToken()
	}
	return t
}

// URL of the page, as people on this host or, when it listens on all addresses, on its network reach it.
func (s *Server) URL() string { return s.url }

// Link is the URL with the token, which lets others than the user whose process serves in. It is a secret. A dashboard that is open
// to everybody has none, and Link is the URL.
func (s *Server) Link() string {
	if s.access == nil {
		return s.url
	}
	return s.access.Link(s.url)
}

// Close ends all streams, the listener and every goroutine of the server, and waits for that until ctx ends. It can be called
// more than once.
func (s *Server) Close(ctx context.Context) error {
	s.end()
	select {
	case <-s.closed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// shutdown runs once, when life has ended.
func (s *Server) shutdown() {
	defer close(s.closed)
	// Browsers open connections ahead of need, for which Shutdown would wait: a short time is enough for answers.
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close() // its error is that of the listener, which Shutdown has closed
	}
	s.known.Withdraw()
	<-s.served
	s.poller.wait()
}

// debugWriter takes the lines of net/http, which are about clients that went away.
type debugWriter struct{ log zerolog.Logger }

func (w debugWriter) Write(line []byte) (int, error) {
	w.log.Debug().Bytes("http", line).Msg("dashboard")
	return len(line), nil
}
