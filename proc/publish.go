package proc

import (
	"os"
	"slices"
	"sync"
	"time"

	"guild/runs/mount"
)

// publisher makes data that is written to files visible to other hosts within two seconds. An NFS client keeps written data in its memory,
// usually for half a minute. The publisher asks the kernel once a second to begin to send new data. It waits neither for the server nor
// for a disk, so that it does not delay the operation. On a file system that other hosts cannot see there is no publisher.
type publisher struct {
	mu      sync.Mutex
	files   []*os.File
	written bool // new data since the last time
	stop    chan struct{}
	done    chan struct{}
}

// publishEvery is the interval at which new output is sent to the file server.
const publishEvery = time.Second

// startPublisher starts a publisher for files below dir. It returns nil if other hosts cannot see dir.
func startPublisher(dir string, files ...*os.File) *publisher {
	if mount.IsLocal(dir) {
		return nil
	}
	p := &publisher{files: files, stop: make(chan struct{}), done: make(chan struct{})}
	go p.run()
	return p
}

// wrote marks that there is new data, in one of the files of the publisher or in those that it is given here. It never blocks on I/O.
func (p *publisher) wrote(files ...*os.File) {
	if p == nil {
		return
	}
	p.mu.Lock()
	for _, f := range files {
		if f != nil && !slices.Contains(p.files, f) {
			p.files = append(p.files, f)
		}
	}
	p.written = true
	p.mu.Unlock()
}

func (p *publisher) run() {
	defer close(p.done)
	tick := time.NewTicker(publishEvery)
	defer tick.Stop()
	again := false // send once more, since a busy NFS client may have postponed it
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
		}
		p.mu.Lock()
		written, files := p.written, p.files
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

// close ends the publisher. Files that are closed send the remaining data.
func (p *publisher) close() {
	if p == nil {
		return
	}
	close(p.stop)
	<-p.done
}
