package peer

import (
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
)

// CanTell says whether this system can tell whose a connection is.
const CanTell = true

// owner is what the kernel knows about a socket.
type owner struct {
	uid   uint32
	inode uint32 // 0: no process has it open any more, and uid is meaningless
}

// socketOwner returns the user of the socket at local that is connected to remote.
func socketOwner(local, remote netip.AddrPort) (int, bool) {
	o, found := askKernel(local, remote)
	if !found {
		// Either there is no such socket, or the kernel does not support the interface. This process's own end exists, so asking for that
		// end tells.
		if _, works := askKernel(remote, local); !works {
			o, found = findInTable(local, remote)
		}
	}
	// A closed socket is reported as root's, and users unknown in this user namespace are all reported as one.
	if !found || o.inode == 0 || o.uid == overflowUID() {
		return 0, false
	}
	return int(o.uid), true
}

// overflowUID is the user id that stands for all users without an id in this user namespace.
var overflowUID = sync.OnceValue(func() uint32 {
	const standard = 65534
	data, err := os.ReadFile("/proc/sys/kernel/overflowuid")
	if err != nil {
		return standard
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(data)), 10, 32)
	if err != nil {
		return standard
	}
	return uint32(n)
})
