package peer

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// findInTable searches the kernel's tables of TCP sockets for a connection, for kernels without the netlink interface.
func findInTable(local, remote netip.AddrPort) (o owner, found bool) {
	for _, name := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} { // IPv4 may be in either
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		o, found = scanTable(f, local, remote)
		_ = f.Close()
		if found {
			return o, true
		}
	}
	return o, false
}

// scanTable reads lines such as
//
//	0: 0100007F:B5D2 0100007F:2253 01 00000000:00000000 00:00000000 00000000 1000 0 18897 …
//
// whose fields are a number, both ends, the state, queues, timers, retransmits, the user, the timeout and the inode.
func scanTable(r io.Reader, local, remote netip.AddrPort) (o owner, found bool) {
	const user, inode, least = 7, 9, 10
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) < least || tableEnd(f[1]) != withoutZone(local) || tableEnd(f[2]) != withoutZone(remote) {
			continue
		}
		uid, err1 := strconv.ParseUint(f[user], 10, 32)
		number, err2 := strconv.ParseUint(f[inode], 10, 32)
		if err1 != nil || err2 != nil {
			return o, false
		}
		return owner{uid: uint32(uid), inode: uint32(number)}, true
	}
	return o, false
}

// tableEnd parses ADDRESS:PORT in hexadecimal digits; the address consists of words of four bytes in host order.
func tableEnd(s string) netip.AddrPort {
	addrText, portText, _ := strings.Cut(s, ":")
	words, err := hex.DecodeString(addrText)
	port, err2 := strconv.ParseUint(portText, 16, 16)
	if err != nil || err2 != nil || len(words)%4 != 0 {
		return netip.AddrPort{}
	}
	for i := 0; i < len(words); i += 4 {
		binary.NativeEndian.PutUint32(words[i:], binary.BigEndian.Uint32(words[i:]))
	}
	addr, _ := netip.AddrFromSlice(words)
	return netip.AddrPortFrom(addr.Unmap(), uint16(port))
}

func withoutZone(p netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(p.Addr().WithZone(""), p.Port())
}
