// Package peer tells which user of this host is at the other end of a TCP connection, according to the kernel. Every user of the host can
// connect to the dashboard's port, but only the owner of the runs may see them.
package peer

import (
	"net"
	"net/netip"
)

// UID returns the user id of the process that opened the other end of c. known is false if that end is on another host or in another
// network namespace, has been closed, or the system cannot tell, see CanTell. Each call asks the kernel, so call it once per connection.
func UID(c net.Conn) (uid int, known bool) {
	here, there, ok := ends(c)
	if !ok {
		return 0, false
	}
	return socketOwner(there, here)
}

// ends returns the addresses of c, with mapped IPv4 addresses in their IPv4 form.
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
