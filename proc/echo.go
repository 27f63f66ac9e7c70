package proc

import (
	"bytes"
	"io"
	"os"
	"slices"
	"sync"
	"time"
)

// echo copies what an operation prints to a console, at the console's own speed. What is recorded waits in the file; what could
// not be recorded waits in memory, up to a limit.
type echo struct {
	file  *os.File
	to    io.Writer
	whole bool          // write whole lines only, so that workers that share a console do not tear each other's
	done  chan struct{} // closed when all was written, or the console has gone
	more  chan struct{} // holds one when there is something new
	space chan struct{} // holds one when the console has taken something

	mu        sync.Mutex
	parts     []part // to be written, in this order
	available int64  // bytes of parts
	held      int    // bytes of parts that wait in memory
	stuck     bool   // the console took nothing for so long that what finds no place in memory is dropped
	ended     bool
}

// part is a range of the file, or data that the file does not have.
type part struct {
	pos, size int64
	data      []byte
}

const (
	// maxEcho is the most that is written at once: what a pipe takes without mixing it with another writer's, see pipe(7).
	maxEcho = 4096
	// maxHeld is how many bytes wait in memory for the console. The operation waits while there are more.
	maxHeld = 1 << 20
	// echoPatience is how long the operation waits for a console that takes nothing.
	echoPatience = 5 * time.Second
)

func startEcho(file *os.File, to io.Writer, whole bool) *echo {
	e := &echo{file: file, to: to, whole: whole, done: make(chan struct{}), more: make(chan struct{}, 1), space: make(chan struct{}, 1)}
	go e.run()
	return e
}

// recorded adds a range of the file.
func (e *echo) recorded(pos, size int64) {
	if size == 0 {
		return
	}
	e.mu.Lock()
	if last := len(e.parts) - 1; last >= 0 && e.parts[last].data == nil && e.parts[last].pos+e.parts[last].size == pos {
		e.parts[last].size += size
	} else {
		e.parts = append(e.parts, part{pos: pos, size: size})
	}
	e.available += size
	e.mu.Unlock()
	notify(e.more)
}

// lost adds data that the file does not have. It waits for a slow console, and drops the data where the console is stuck.
func (e *echo) lost(data []byte) {
	for {
		e.mu.Lock()
		if e.held+len(data) <= maxHeld {
			e.parts = append(e.parts, part{size: int64(len(data)), data: bytes.Clone(data)})
			e.available += int64(len(data))
			e.held += len(data)
			e.mu.Unlock()
			notify(e.more)
			return
		}
		stuck := e.stuck
		e.mu.Unlock()
		if stuck {
			return
		}
		select {
		case <-e.space:
		case <-e.done:
			return
		case <-time.After(echoPatience):
			e.mu.Lock()
			e.stuck = true
			e.mu.Unlock()
		}
	}
}

// finish says that there will be no more.
func (e *echo) finish() {
	e.mu.Lock()
	e.ended = true
	e.mu.Unlock()
	notify(e.more)
}

func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is there already
	}
}

// await returns how much there is to write once that is wanted bytes, or all that there will be.
func (e *echo) await(wanted int64) (available int64, final bool) {
	for {
		e.mu.Lock()
		available, final = e.available, e.ended
		e.mu.Unlock()
		if available >= wanted || final {
			return available, final
		}
		<-e.more
	}
}

// peek copies what is to be written next. Of what cannot be read from the file any more, the part is left out.
func (e *echo) peek(buf []byte) int {
	n := 0
	for _, p := range e.next(int64(len(buf))) {
		if p.data != nil {
			n += copy(buf[n:], p.data)
			continue
		}
		want := int(min(int64(len(buf)-n), p.size))
		got, _ := e.file.ReadAt(buf[n:n+want], p.pos)
		n += got
		if got == want {
			continue
		}
		if n == 0 {
			e.take(int(p.size))
		}
		break
	}
	return n
}

// next are the parts that make up the next bytes.
func (e *echo) next(most int64) []part {
	e.mu.Lock()
	defer e.mu.Unlock()
	count := 0
	for n := int64(0); count < len(e.parts) && n < most; count++ {
		n += e.parts[count].size
	}
	return slices.Clone(e.parts[:count])
}

// take removes what was written.
func (e *echo) take(n int) {
	e.mu.Lock()
	e.available -= int64(n)
	for left := int64(n); left > 0; {
		p := &e.parts[0]
		some := min(left, p.size)
		left -= some
		p.pos += some
		p.size -= some
		if p.data != nil {
			p.data = p.data[some:]
			e.held -= int(some)
		}
		if p.size == 0 {
			e.parts = e.parts[1:]
		}
	}
	e.stuck = false
	e.mu.Unlock()
	notify(e.space)
}

func (e *echo) run() {
	defer close(e.done)
	buf := make([]byte, maxEcho)
	wanted := int64(1) // bytes that make it worth another look
	for {
		available, final := e.await(wanted)
		if available == 0 && final {
			return
		}
		n := e.peek(buf)
		if n == 0 {
			wanted = 1
			continue
		}
		chunk := buf[:n]
		if last := final && int64(n) == available; e.whole && !last {
			if end := bytes.LastIndexByte(chunk, '\n') + 1; end > 0 {
				chunk = chunk[:end]
			} else if n < maxEcho && int64(n) == available {
				wanted = int64(n) + 1
				continue
			}
		}
		wanted = 1
		if _, err := e.to.Write(chunk); err != nil {
			return // the console is gone; the record goes on
		}
		e.take(len(chunk))
	}
}
