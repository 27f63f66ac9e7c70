package proc

import (
	"io"
	"sync"
)

// follower lets a goroutine read a file while it grows, at the speed of that goroutine.
type follower struct {
	file io.ReaderAt
	done chan struct{} // closed when the reader has ended

	mu    sync.Mutex
	moved sync.Cond
	size  int64
	ended bool
}

func newFollower(file io.ReaderAt) *follower {
	f := &follower{file: file, done: make(chan struct{})}
	f.moved.L = &f.mu
	return f
}

// advance sets the size of the file.
func (f *follower) advance(size int64) {
	f.mu.Lock()
	f.size = size
	f.mu.Unlock()
	f.moved.Signal()
}

// finish marks that the file grows no more.
func (f *follower) finish() {
	f.mu.Lock()
	f.ended = true
	f.mu.Unlock()
	f.moved.Signal()
}

// await returns the size of the file as soon as it is at least wanted or final.
func (f *follower) await(wanted int64) (size int64, final bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.size < wanted && !f.ended {
		f.moved.Wait()
	}
	return f.size, f.ended
}
