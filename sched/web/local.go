package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Local is a dashboard without a network that this process itself queries. Its pages could not change runs.
type Local struct{ s *Server }

// NewLocal returns a dashboard, which must be closed. It ignores the network settings of cfg.
func NewLocal(ctx context.Context, cfg Config) *Local {
	cfg.Open, cfg.Act = true, nil
	return &Local{newServer(ctx, cfg)}
}

// Close ends the goroutines of the dashboard.
func (l *Local) Close() {
	l.s.end()
	l.s.poller.wait()
}

// ErrRefused is wrapped by the error for a response that reports an error, with its text.
var ErrRefused = errors.New("the dashboard refuses")

// Get returns the response to a request for a target of the API, such as /api/runs?limit=5, see the package comment.
func (l *Local) Get(ctx context.Context, target string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, err
	}
	w := &answer{header: http.Header{}, code: http.StatusOK}
	l.s.routes().ServeHTTP(w, r)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if w.code != http.StatusOK {
		return nil, fmt.Errorf("%w %s: %s", ErrRefused, target, bytes.TrimSpace(w.body.Bytes()))
	}
	return w.body.Bytes(), nil
}

// answer is an http.ResponseWriter that keeps the response.
type answer struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(code int)        { a.code = code }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }

// FileTarget returns the target for a file of a run; what is "files" or "shown".
func FileTarget(id, what, path string) string {
	return (&url.URL{Path: "/api/runs/" + id + "/" + what + "/" + path}).EscapedPath()
}

// MediaType returns the media type that browsers need for a file of this name; empty if there is none.
func MediaType(name string) string {
	kind, _, _ := strings.Cut(mediaType(name), ";")
	return kind
}

// Asset returns a file that pages load, by its name below static, in the form in which it is served; ok is false if there is none.
func Asset(name string) (data []byte, ok bool, err error) {
	files, err := assets()
	if err != nil {
		return nil, false, fmt.Errorf("make the files of the pages: %w", err)
	}
	f, ok := files[name]
	return f.plain, ok, nil
}

// MostRows is the most runs in one response of the API.
const MostRows = manyRows
