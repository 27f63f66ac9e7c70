package proc

import (
	"os"
	"sync"
	"time"

	"guild/runs/mount"
)

// publisher makes what is written to a file visible to other hosts within two seconds. A client of a file server keeps what is
// written in its memory, for half a minute as a rule. Where there is something new, the publisher asks the kernel once a second to
// begin to send it. It waits neither for the server nor for its disk, so that it costs the operation nothing: per second at most
// one write request of what would be sent anyway. On a file system of this host alone there is no publisher.
type publisher struct {
	mu      sync.Mutex
	written bool // since the last time
	stop    chan struct{}
	done    chan struct{}
}

// publishEvery is how often new output is sent to the file server.
const publishEvery = time.Second

// startPublisher returns nil where nobody else can see the files.
func startPublisher(dir string, files ...*os.File) *publisher {
	if mount.IsLocal(dir) {
		return nil
	}
	p := &publisher{stop: make(chan struct{}), done: make(chan struct{})}
	go p.run(files)
	return p
}

// wrote says that there is something new. It never waits.
func (p *publisher) wrote() {
	if p == nil {
		return
	}
	p.mu.Lock()
	p.written = true
	p.mu.Unlock()
}

func (p *publisher) run(files []*os.File) {
	defer close(p.done)
	tick := time.NewTicker(publishEvery)
	defer tick.Stop()
	again := false // what a busy client has put off is asked for once more
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
		}
		p.mu.Lock()
		written := p.written
		p.written = false
		p.mu.Unlock()
		if written || again {
			for _, f := range files {
				sendWritten(f)
			}
		}
		again = written
	}
}

// close ends the publisher. The files must be open until then; to close them sends the rest.
func (p *publisher) close() {
	if p == nil {
		return
	}
	close(p.stop)
	<-p.done
}
