package listen

import (
	"net"
	"net/http"
	"testing"
)

func TestConnections(t *testing.T) {
	c := NewConnections(2)
	conns := make([]*closing, 4)
	for i := range conns {
		conns[i] = &closing{}
	}
	c.Changed(conns[0], http.StateNew)
	c.Changed(conns[0], http.StateActive)
	c.Changed(conns[1], http.StateNew)
	c.Changed(conns[2], http.StateNew) // one too many: the one that waits goes, not the one that is answered
	if conns[0].closed || !conns[1].closed || conns[2].closed {
		t.Errorf("%v %v %v", *conns[0], *conns[1], *conns[2])
	}
	c.Changed(conns[1], http.StateClosed)
	c.Changed(conns[2], http.StateActive)
	c.Changed(conns[3], http.StateNew) // nobody waits
	if conns[0].closed || conns[2].closed || !conns[3].closed || len(c.all) != 2 || len(c.waiting) != 0 {
		t.Errorf("%v %v %v, %d and %d", *conns[0], *conns[2], *conns[3], len(c.all), len(c.waiting))
	}
}

type closing struct {
	net.Conn
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}
