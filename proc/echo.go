package proc

import (
	"bytes"
	"io"
	"os"
	"slices"
	"sync"
	"time"
)

// echo copies the output of an operation to a console, at the speed of the console. Recorded output is read from the output file; output
// that could not be recorded is kept in memory, up to a limit.
type echo struct {
	file  *os.File
	to    io.Writer
	whole bool          // write whole lines only, since several workers share the console
	named *named        // puts the name of the run before each line; nil: lines are written as they are
	done  chan struct{} // closed when all output was written, or a write has failed
	more  chan struct{} // has an element after new output
	space chan struct{} // has an element after a write to the console

	mu        sync.Mutex
	parts     []part // output to be written, in this order
	available int64  // size of parts, in bytes
	held      int    // size of the parts in memory, in bytes
	stuck     bool   // the console has taken nothing for echoPatience: output beyond maxHeld is dropped
	ended     bool
}

// part is a range of the output file, or data that could not be recorded there.
type part struct {
	pos, size int64
	data      []byte
}

const (
	// maxEcho is the size of the largest write, in bytes: the largest that a pipe does not mix with the writes of others, see pipe(7).
	maxEcho = 4096
	// maxHeld is how much output that was not recorded is kept in memory, in bytes. The operation is blocked while there is more.
	maxHeld = 1 << 20
	// echoPatience is how long the operation is blocked by a console that takes nothing.
	echoPatience = 5 * time.Second
)

func startEcho(file *os.File, to io.Writer, whole bool, prefix string) *echo {
	e := &echo{file: file, to: to, whole: whole, named: newNamed(prefix), done: make(chan struct{}), more: make(chan struct{}, 1), space: make(chan struct{}, 1)}
	go e.run()
	return e
}

// recorded adds a range of the output file.
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

// lost adds data that could not be recorded. It waits for a slow console, and drops the data if the console is stuck.
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

// finish marks the end of the output.
func (e *echo) finish() {
	e.mu.Lock()
	e.ended = true
	e.mu.Unlock()
	notify(e.more)
}

// notify adds an element to a channel that has space for one.
func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it has one already
	}
}

// await returns the number of bytes to be written, as soon as that is at least wanted or the output has ended.
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

// peek copies the output that is to be written next to buf. A part that the file no longer has is skipped.
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

// next returns the first parts, as many as hold the given number of bytes.
func (e *echo) next(most int64) []part {
	e.mu.Lock()
	defer e.mu.Unlock()
	count := 0
	for n := int64(0); count < len(e.parts) && n < most; count++ {
		n += e.parts[count].size
	}
	return slices.Clone(e.parts[:count])
}

// take removes n bytes that were written.
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

// run writes the output to the console.
func (e *echo) run() {
	defer close(e.done)
	buf := make([]byte, maxEcho)
	wanted := int64(1) // number of bytes to wait for
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
		shown, taken := e.named.text(chunk)
		if _, err := e.to.Write(shown); err != nil {
			return // the console is gone; output is still recorded
		}
		e.take(taken)
	}
}
