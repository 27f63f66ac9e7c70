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

// ConnectionLimit returns the most connections of a dashboard, so that enough descriptors are left for a scheduler's workers.
func ConnectionLimit() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fewestConnection
	}
	return int(min(max(limit.Cur/shareOfFiles, fewestConnection), mostConnections))
}

// StreamLimit returns how many of the connections may be streams; the others are left for requests.
func StreamLimit(connections int) int { return max(connections*2/5, 1) }

// Connections are the open connections of a server. Beyond the limit, the connection that has waited longest for a request is closed, so
// that idle connections keep nobody out.
type Connections struct {
	limit int

	mu      sync.Mutex
	waiting map[net.Conn]time.Time // since when they have waited for a request
	all     map[net.Conn]bool
}

// NewConnections returns Connections with the given limit.
func NewConnections(limit int) *Connections {
	return &Connections{limit: limit, waiting: make(map[net.Conn]time.Time), all: make(map[net.Conn]bool)}
}

// Changed is for http.Server.ConnState.
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

// closeOne closes the connection that has waited longest, or the newest one if all others are busy.
func (c *Connections) closeOne(newest net.Conn) {
	longest := newest
	for conn, since := range c.waiting {
		if conn != newest && (longest == newest || since.Before(c.waiting[longest])) {
			longest = conn
		}
	}
	_ = longest.Close() // the server notices, and calls Changed
	c.forget(longest)
}

func (c *Connections) forget(conn net.Conn) {
	delete(c.all, conn)
	delete(c.waiting, conn)
}
