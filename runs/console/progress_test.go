package console

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// screen is a terminal that several goroutines may write to.
type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// take returns the output since the last call.
func (s *screen) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.b.Reset()
	return s.b.String()
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var err screen
		var out bytes.Buffer
		c := &Console{Out: &out, Err: &err}
		p := c.progress("Exporting", "runs", 4)
		time.Sleep(progressDelay - time.Millisecond)
		synctest.Wait()
		if got := err.take(); got != "" {
			t.Errorf("%q shows at once", got)
		}
		p.Step()
		p.Bytes(1_250_000)
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		const line = "Exporting [#####---------------] 1 of 4 runs  1.2 MB  2s left"
		if got := err.take(); got != line {
			t.Errorf("%q, want %q", got, line)
		}
		c.Notef("note\n")
		if got := err.take(); got != "\r\x1b[Knote\n"+line {
			t.Errorf("%q does not make room for the note", got)
		}
		c.Notef("question? ")
		if got := err.take(); got != "\r\x1b[Kquestion? " {
			t.Errorf("%q writes behind a question", got)
		}
		time.Sleep(progressEvery)
		synctest.Wait()
		if got := err.take(); !strings.HasPrefix(got, "Exporting [#####") {
			t.Errorf("%q: it does not come again", got)
		}
		p.End()
		if got := err.take(); got != "\r\x1b[K" {
			t.Errorf("%q stays", got)
		}
		c.Printf("result\n")
		if got := err.take(); got != "" || out.String() != "result\n" {
			t.Errorf("%q, %q", got, out.String())
		}
	})
}

func TestProgressQuick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var err bytes.Buffer
		c := &Console{Err: &err}
		p := c.progress("Exporting", "runs", 1)
		time.Sleep(progressDelay - 1)
		p.Step()
		p.End()
		if err.Len() > 0 {
			t.Errorf("%q shows for quick work", err.String())
		}
		none := c.Progress("Exporting", "runs", 1)
		none.Step()
		none.Bytes(1)
		none.End()
		if none != nil || err.Len() > 0 {
			t.Errorf("%q shows where there is no terminal", err.String())
		}
	})
}

func TestProgressLine(t *testing.T) {
	p := &Progress{what: "Deleting", unit: "runs", total: 0, start: time.Now()}
	if got := p.line(0); got != "Deleting [####################] 0 of 0 runs" {
		t.Errorf("%q", got)
	}
	if got := p.line(12); got != "Deleting […" {
		t.Errorf("%q", got)
	}
	for n, want := range map[int64]string{999: "999 B", 1000: "1.0 kB", 2_500_000_000: "2.5 GB"} {
		if got := Size(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
