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

// Local is a dashboard without a network, which this process asks itself. Its pages could not change runs.
type Local struct{ s *Server }

// NewLocal returns a dashboard that must be closed. The part of cfg that is about the network is not used.
func NewLocal(ctx context.Context, cfg Config) *Local {
	cfg.Open, cfg.Act = true, nil
	return &Local{newServer(ctx, cfg)}
}

// Close ends what the dashboard does.
func (l *Local) Close() {
	l.s.end()
	l.s.poller.wait()
}

// ErrRefused is the error of an answer that is not the one that was asked for, with the reason in words.
var ErrRefused = errors.New("the dashboard refuses")

// Get returns the answer to a request for a target of the API, such as /api/runs?limit=5, see the package comment.
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

// answer is a http.ResponseWriter that keeps what it is given.
type answer struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(code int)        { a.code = code }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }

// FileTarget is the target of a file of a run, for what is one of "files" and "shown".
func FileTarget(id, what, path string) string {
	return (&url.URL{Path: "/api/runs/" + id + "/" + what + "/" + path}).EscapedPath()
}

// MediaType is the type by which browsers know a file of this name; empty if they do not.
func MediaType(name string) string {
	kind, _, _ := strings.Cut(mediaType(name), ";")
	return kind
}

// Asset returns a file that pages load, by its name below static, as it is served; ok is false if there is none of this name.
func Asset(name string) (data []byte, ok bool, err error) {
	files, err := assets()
	if err != nil {
		return nil, false, fmt.Errorf("make the files of the pages: %w", err)
	}
	f, ok := files[name]
	return f.plain, ok, nil
}

// MostRows is how many runs one answer of the API has at most.
const MostRows = manyRows
