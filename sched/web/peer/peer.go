// Package peer says which user of this host is at the other end of a TCP connection, as the kernel knows it. The dashboard
// serves on a port that every user of the host can connect to, and shows runs to their owner only.
package peer

import (
	"net"
	"net/netip"
)

// UID returns the user id of the process that opened the other end of c. known is false if that end is on another host, or
// in another network name space, or has been closed, or where the system cannot tell: see CanTell. It asks the kernel each
// time, so call it once for a connection.
func UID(c net.Conn) (uid int, known bool) {
	here, there, ok := ends(c)
	if !ok {
		return 0, false
	}
	return socketOwner(there, here)
}

// ends returns the addresses of c, those of IPv4 in their own form whatever kind of socket has them.
func ends(c net.Conn) (here, there netip.AddrPort, ok bool) {
	local, ok1 := c.LocalAddr().(*net.TCPAddr)
	remote, ok2 := c.RemoteAddr().(*net.TCPAddr)
	if !ok1 || !ok2 {
		return here, there, false
	}
	plain := func(a *net.TCPAddr) netip.AddrPort {
		p := a.AddrPort()
		return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
	}
	return plain(local), plain(remote), true
}
