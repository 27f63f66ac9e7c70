package web

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"guild/sched/web/reply"
)

const (
	heartbeatEvery = 15 * time.Second
	outputEvery    = 500 * time.Millisecond
	stalledAfter   = 5 * time.Second
	retryAfter     = 5 // seconds for clients that are refused because all places are taken
)

// stream is a connection of server-sent events.
type stream struct {
	w   http.ResponseWriter
	ctl *http.ResponseController
}

// open starts a stream, or responds with an error and returns nil. The caller must call done after a stream.
func (s *Server) open(w http.ResponseWriter, r *http.Request) (st *stream, done func()) {
	select {
	case s.streams <- struct{}{}:
	default:
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
		reply.Fail(w, r, http.StatusServiceUnavailable, fmt.Sprintf("%d pages watch already: close some", cap(s.streams)))
		return nil, nil
	}
	release := func() { <-s.streams }
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	st = &stream{w: w, ctl: http.NewResponseController(w)}
	if r.Method == http.MethodHead || st.write("retry: 2000\n\n") != nil {
		release()
		return nil, nil
	}
	return st, release
}

func (st *stream) write(text string) error {
	if err := st.ctl.SetWriteDeadline(time.Now().Add(reply.Timeout)); err != nil {
		return err
	}
	if _, err := st.w.Write([]byte(text)); err != nil {
		return err
	}
	return st.ctl.Flush()
}

// send writes one event. data must be one line.
func (st *stream) send(event, id string, data []byte) error {
	text := "event: " + event + "\n"
	if id != "" {
		text += "id: " + id + "\n"
	}
	return st.write(text + "data: " + string(data) + "\n\n")
}

func (st *stream) beat() error { return st.write(": still here\n\n") }

// events streams snapshots.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	st, done := s.open(w, r)
	if st == nil {
		return
	}
	defer done()
	defer s.poller.watch()()
	beat, stop := s.clock.ticker(heartbeatEvery)
	defer stop()
	slow, stopSlow := s.clock.ticker(stalledAfter)
	defer stopSlow()
	for sent := 0; ; {
		f, renewed := s.poller.look()
		if f != nil && f.version != sent {
			sent = f.version
			if st.send("status", "", f.data) != nil {
				return
			}
		}
		var err error
		select {
		case <-renewed:
		case <-beat:
			err = st.beat()
		case <-slow:
			if d := s.poller.stalled(); d >= stalledAfter {
				err = st.send("stalled", "", reply.Encode(map[string]float64{"seconds": d.Seconds()}))
			}
		case <-r.Context().Done():
			s.sendClosing(st)
			return
		}
		if err != nil {
			return
		}
	}
}

// sendClosing tells the client that the server has ended, not only the connection.
func (s *Server) sendClosing(st *stream) {
	if s.life.Err() != nil {
		// An error does not matter: the client may be gone too.
		_ = st.send("closing", "", []byte("{}"))
	}
}

// outputEvents streams the output of a run.
func (s *Server) outputEvents(w http.ResponseWriter, r *http.Request) {
	run, ok := s.find(w, r)
	if !ok {
		return
	}
	offset, ok := bytesParam(w, r, "offset", latest)
	if !ok {
		return
	}
	if n, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64); err == nil && n >= 0 {
		offset = n
	}
	st, done := s.open(w, r)
	if st == nil {
		return
	}
	defer done()
	tick, stop := s.clock.ticker(outputEvery)
	defer stop()
	beat, stopBeat := s.clock.ticker(heartbeatEvery)
	defer stopBeat()
	t := tail{run: run, next: offset, most: maxChunk}
	for first := true; ; {
		out, err := t.read()
		if err != nil {
			_ = st.send("gone", "", reply.Encode(reply.Error{Error: err.Error()})) // the last event; the client may be gone
			return
		}
		if first || out.Text != "" || out.Next != out.Offset || out.Reset || out.Done {
			if st.send("output", strconv.FormatInt(out.Next, 10), reply.Encode(out)) != nil {
				return
			}
		}
		first = false
		if out.Done {
			_ = st.send("end", "", []byte("{}"))
			return
		}
		if out.Next < out.Size && out.Next > out.Offset {
			continue // there is more already
		}
		select {
		case <-tick:
		case <-beat:
			if st.beat() != nil {
				return
			}
		case <-r.Context().Done():
			s.sendClosing(st)
			return
		}
	}
}
