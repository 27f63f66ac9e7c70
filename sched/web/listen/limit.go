package listen

import (
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

const (
	mostConnections  = 256
	fewestConnection = 8
	shareOfFiles     = 4 // a quarter of the descriptors that the process may have
)

// ConnectionLimit is how many connections a dashboard holds, so that enough descriptors are left for a scheduler's workers.
func ConnectionLimit() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fewestConnection
	}
	return int(min(max(limit.Cur/shareOfFiles, fewestConnection), mostConnections))
}

// StreamLimit is how many of so many connections may be streams, which never wait for a request: the others are for answers.
func StreamLimit(connections int) int { return max(connections*2/5, 1) }

// Connections are those that a server has open. Over the limit the one that has waited longest for a request goes, so that nobody
// keeps others out by connections that ask for nothing.
type Connections struct {
	limit int

	mu      sync.Mutex
	waiting map[net.Conn]time.Time // since when they wait for a request
	all     map[net.Conn]bool
}

// NewConnections returns none yet, of which there are to be limit at most.
func NewConnections(limit int) *Connections {
	return &Connections{limit: limit, waiting: make(map[net.Conn]time.Time), all: make(map[net.Conn]bool)}
}

// Changed is the ConnState of an http.Server.
func (c *Connections) Changed(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		c.all[conn] = true
		c.waiting[conn] = time.Now()
	case http.StateIdle:
		c.waiting[conn] = time.Now()
	case http.StateActive:
		delete(c.waiting, conn)
	case http.StateClosed, http.StateHijacked:
		c.forget(conn)
		return
	}
	for len(c.all) > c.limit {
		c.closeOne(conn)
	}
}

// closeOne closes the connection that has waited longest, or the newest one, where all others are answered just now.
func (c *Connections) closeOne(newest net.Conn) {
	longest := newest
	for conn, since := range c.waiting {
		if conn != newest && (longest == newest || since.Before(c.waiting[longest])) {
			longest = conn
		}
	}
	_ = longest.Close() // the server finds it closed, and tells
	c.forget(longest)
}

func (c *Connections) forget(conn net.Conn) {
	delete(c.all, conn)
	delete(c.waiting, conn)
}
