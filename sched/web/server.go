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

// Config configures a dashboard.
type Config struct {
	Catalog      *catalog.Catalog
	Addr         string         // host:port to listen on, see listen.ParseAddress; port 0 is any free port
	Exact        bool           // Addr's port must be used; otherwise a free port is used if it is taken
	BasePath     string         // path at which a proxy serves the dashboard, such as /user/ada/guild; may be empty, see access.CleanBasePath
	AllowHosts   []string       // further host names of proxies
	SchedulerRun string         // id of the run of the scheduler that serves, for the page to mark; may be empty
	Logger       zerolog.Logger // for errors while serving, at level debug

	LogRequests bool // at level info

	// Open gives everybody access. Otherwise only the user whose process serves, and root, have access without the token, see Server.Link.
	Open bool

	// Select returns the runs that the dashboard shows, latest started first; nil is all runs.
	Select func(*catalog.Catalog) ([]*catalog.Snapshot, error)
	// Batches says that comparisons include batches.
	Batches bool
	// Defined returns, anew for each comparison, the function for the compare.Options field of the same name; nil is none.
	Defined func() func(*runs.View) (columns []string, ok bool)

	// Planned returns the number of trials that a batch plans in all; 0 is unknown. It may be nil.
	Planned func(batch *runs.Run) int

	// Act carries out an action and returns its output in lines, even beside an error. If it is nil, or Open is set, the dashboard cannot
	// change runs.
	Act func(context.Context, Action) (output string, err error)

	clock *clock // for tests; nil is the system's clock
}

// clock is the server's source of time.
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

// Limits for clients.
const (
	headerTimeout = 5 * time.Second
	idleTimeout   = time.Minute
	answerTimeout = 10 * time.Second // for reading the store
	closeTimeout  = 500 * time.Millisecond
)

// Server is a running dashboard.
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
	log     *zerolog.Logger                               // for requests; nil: not logged
	clock   *clock
	poller  *poller
	curves  *curves.Cache
	streams chan struct{} // has a place for each open stream
	readers chan struct{} // has a place for each request that reads many runs
	http    *http.Server
	url     string
	access  *access.Access       // nil: everybody has access
	known   *access.Announcement // nil: it could not be announced

	life   context.Context // ends when the server is closed, and ends all requests and the poller
	end    context.CancelFunc
	served chan struct{} // closed when the HTTP server has returned
	closed chan struct{} // closed when no goroutine is left
}

// Start serves a dashboard until ctx ends or Close is called. If the port is taken it uses the next free port, unless cfg.Exact is set. The
// error says why it cannot listen.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	limit := listen.ConnectionLimit()
	l, err := listen.On(ctx, cfg.Addr, cfg.Exact)
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(cfg.Addr)
	if err != nil { // cannot happen: listen.On has split it
		host = ""
	}
	port := l.Addr().(*net.TCPAddr).Port
	s := newServer(ctx, cfg)
	s.url = "http://" + net.JoinHostPort(listen.LinkHost(host, listen.HostAddrs()), strconv.Itoa(port)) + s.base + "/status"
	// Before serving, so that a dashboard that answers can be found.
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

// handler returns the complete handler of the server; host is what it listens on.
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

// token returns the token of the home, or a token for this server alone if the home cannot store one.
func token(cfg Config) string {
	t, err := access.Token(cfg.Catalog.Store)
	if err != nil {
		cfg.Logger.Warn().Msgf("Links to this dashboard are valid only as long as it runs: %v", err)
		return access.NewToken()
	}
	return t
}

// URL returns the address of the page for users on this host or, if the server listens on all addresses, on its network.
func (s *Server) URL() string { return s.url }

// Link returns the URL with the token, which gives access to others than the user whose process serves. It is a secret. For a dashboard
// that is open to everybody, Link returns the URL.
func (s *Server) Link() string {
	if s.access == nil {
		return s.url
	}
	return s.access.Link(s.url)
}

// Close ends all streams, the listener and every goroutine of the server, and waits for that until ctx ends. It may be called more than
// once.
func (s *Server) Close(ctx context.Context) error {
	s.end()
	select {
	case <-s.closed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// shutdown closes the server. It runs once, when life has ended.
func (s *Server) shutdown() {
	defer close(s.closed)
	// Shutdown waits for connections that browsers opened in advance, so its time is limited: enough to finish responses.
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close() // its error is only that the listener is closed already
	}
	s.known.Withdraw()
	<-s.served
	s.poller.wait()
}

// debugWriter logs the lines of net/http, which are about clients that went away.
type debugWriter struct{ log zerolog.Logger }

func (w debugWriter) Write(line []byte) (int, error) {
	w.log.Debug().Bytes("http", line).Msg("dashboard")
	return len(line), nil
}
