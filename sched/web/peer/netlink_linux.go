package peer

import (
	"encoding/binary"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Sizes and offsets of the kernel's structures, see linux/inet_diag.h: a request is an inet_diag_req_v2, and an answer begins with an
// inet_diag_msg.
const (
	sockDiagByFamily = 20
	socketIDSize     = 48
	requestSize      = 8 + socketIDSize
	answerID         = 4
	answerUID        = answerID + socketIDSize + 12
	answerInode      = answerUID + 4
	answerSize       = answerInode + 4
	stateListen      = 10
	noCookie         = 0xffffffff
)

// askKernel asks for the socket with these ends. found is false if there is none, or the kernel does not answer such questions.
func askKernel(local, remote netip.AddrPort) (o owner, found bool) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_INET_DIAG)
	if err != nil {
		return o, false
	}
	defer func() { _ = unix.Close(fd) }()
	// The kernel answers while the request is sent; the timeout only makes sure that nothing blocks without end.
	if unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 1}) != nil {
		return o, false
	}
	id := socketID(local, remote)
	if unix.Sendto(fd, request(local, id), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}) != nil {
		return o, false
	}
	var buf [4096]byte
	n, from, err := unix.Recvfrom(fd, buf[:], 0)
	if kernel, ok := from.(*unix.SockaddrNetlink); err != nil || !ok || kernel.Pid != 0 {
		return o, false
	}
	return readAnswer(buf[:n], id)
}

// socketID returns an inet_diag_sockid: ports and addresses in network order, the interface in host order.
func socketID(local, remote netip.AddrPort) []byte {
	id := make([]byte, 0, socketIDSize)
	id = binary.BigEndian.AppendUint16(id, local.Port())
	id = binary.BigEndian.AppendUint16(id, remote.Port())
	for _, end := range []netip.AddrPort{local, remote} {
		var addr [16]byte
		copy(addr[:], end.Addr().AsSlice())
		id = append(id, addr[:]...)
	}
	id = binary.NativeEndian.AppendUint32(id, interfaceIndex(local.Addr().Zone()))
	id = binary.NativeEndian.AppendUint32(id, noCookie)
	return binary.NativeEndian.AppendUint32(id, noCookie)
}

// interfaceIndex returns the index of the interface of a link-local address, 0 for other addresses.
func interfaceIndex(zone string) uint32 {
	if zone == "" {
		return 0
	}
	i, err := net.InterfaceByName(zone)
	if err != nil {
		return 0
	}
	return uint32(i.Index)
}

func request(local netip.AddrPort, id []byte) []byte {
	family := byte(unix.AF_INET6)
	if local.Addr().Is4() {
		family = unix.AF_INET
	}
	const anyState = 0xffffffff
	r := binary.NativeEndian.AppendUint32(nil, unix.SizeofNlMsghdr+requestSize)
	r = binary.NativeEndian.AppendUint16(r, sockDiagByFamily)
	r = binary.NativeEndian.AppendUint16(r, unix.NLM_F_REQUEST)
	r = binary.NativeEndian.AppendUint32(r, 1) // sequence number: one question on each netlink socket
	r = binary.NativeEndian.AppendUint32(r, 0) // port: the kernel assigns it
	r = append(r, family, unix.IPPROTO_TCP, 0, 0)
	r = binary.NativeEndian.AppendUint32(r, anyState)
	return append(r, id...)
}

// readAnswer reads the kernel's answer to a question for the socket id. If there is no such connection, the kernel returns a socket that
// listens on the port, which must be ignored.
func readAnswer(b, id []byte) (o owner, found bool) {
	if len(b) < unix.SizeofNlMsghdr+answerSize || binary.NativeEndian.Uint16(b[4:]) != sockDiagByFamily {
		return o, false
	}
	b = b[unix.SizeofNlMsghdr:]
	const ends = 4 + 32 // ports and addresses
	if b[1] == stateListen || !sameEnds(b[0], b[answerID:answerID+ends], id[:ends]) {
		return o, false
	}
	return owner{uid: binary.NativeEndian.Uint32(b[answerUID:]), inode: binary.NativeEndian.Uint32(b[answerInode:])}, true
}

// sameEnds compares the ends of the found socket, of the given family, with the requested ends: an IPv4 connection can have an IPv6 socket,
// with mapped addresses.
func sameEnds(family byte, got, want []byte) bool {
	plain := func(b []byte, four bool) netip.Addr {
		if four {
			return netip.AddrFrom4([4]byte(b))
		}
		return netip.AddrFrom16([16]byte(b)).Unmap()
	}
	if string(got[:4]) != string(want[:4]) {
		return false
	}
	for _, at := range []int{4, 20} {
		g := plain(got[at:], family == unix.AF_INET)
		if w := plain(want[at:], g.Is4()); g != w {
			return false
		}
	}
	return true
}
