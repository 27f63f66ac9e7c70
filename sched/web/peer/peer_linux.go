package peer

import (
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
)

// CanTell is whether this system says whose a connection is.
const CanTell = true

// owner is what the kernel says of a socket.
type owner struct {
	uid   uint32
	inode uint32 // 0: no process has it open any more, and uid means nothing
}

// socketOwner returns the user of the socket at local that is connected to remote.
func socketOwner(local, remote netip.AddrPort) (int, bool) {
	o, found := askKernel(local, remote)
	if !found {
		// No such socket, or a kernel without that interface. Our own end certainly is there, so asking for it tells.
		if _, works := askKernel(remote, local); !works {
			o, found = findInTable(local, remote)
		}
	}
	// A closed socket is reported as one of root's, and users whom this user name space does not know are all reported as one.
	if !found || o.inode == 0 || o.uid == overflowUID() {
		return 0, false
	}
	return int(o.uid), true
}

// overflowUID is the user id that stands for all users who have none in this user name space.
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
