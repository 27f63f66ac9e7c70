package peer

import (
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// connect returns the two ends of a connection to a listener on addr; client dials it.
func connect(t *testing.T, addr string) (server, client net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Skipf("listen on %s: %v", addr, err)
	}
	defer l.Close()
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	switch host {
	case "":
		host = "127.0.0.1" // an IPv4 connection on an IPv6 socket
	case "::":
		host = "::1"
	}
	c, err := net.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(l.Addr().(*net.TCPAddr).Port)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, c
}

var addresses = []string{"127.0.0.1:0", "[::1]:0", ":0", "[::]:0"}

func TestOwnConnection(t *testing.T) {
	for _, addr := range addresses {
		s, c := connect(t, addr)
		if uid, known := UID(s); !known || uid != os.Geteuid() {
			t.Errorf("%s: UID = %d, %v; want %d", addr, uid, known, os.Geteuid())
		}
		here, there, _ := ends(s)
		byNetlink, found1 := askKernel(there, here)
		byTable, found2 := findInTable(there, here)
		if !found2 || found1 && byNetlink != byTable {
			t.Errorf("%s: netlink says %+v, %v; the table says %+v, %v", addr, byNetlink, found1, byTable, found2)
		}
		c.Close()
		if uid, known := UID(s); known {
			t.Errorf("%s: a closed connection belongs to %d", addr, uid)
		}
	}
}

// An IPv6 socket that is connected to an IPv4 address is found by that.
func TestMappedClient(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	fd, err := syscall.Socket(syscall.AF_INET6, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Skip("no IPv6:", err)
	}
	defer syscall.Close(fd)
	to := &syscall.SockaddrInet6{Port: l.Addr().(*net.TCPAddr).Port, Addr: [16]byte{10: 0xff, 11: 0xff, 12: 127, 15: 1}}
	if err := syscall.Connect(fd, to); err != nil {
		t.Fatal(err)
	}
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if uid, known := UID(s); !known || uid != os.Geteuid() {
		t.Errorf("UID = %d, %v; want %d", uid, known, os.Geteuid())
	}
}

// Neither a connection that is none, nor a listener on the port of the other end, is taken for the other end.
func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	listening := l.Addr().(*net.TCPAddr).AddrPort()
	for _, c := range []struct{ local, remote string }{
		{listening.String(), "127.0.0.1:1"},
		{"192.0.2.7:40000", "192.0.2.8:8787"},
		{"[2001:db8::1]:40000", "[2001:db8::2]:8787"},
	} {
		if uid, known := socketOwner(netip.MustParseAddrPort(c.local), netip.MustParseAddrPort(c.remote)); known {
			t.Errorf("%s to %s belongs to %d", c.local, c.remote, uid)
		}
	}
}

// TestOtherUser connects as another user, which takes root.
func TestOtherUser(t *testing.T) {
	const other = 12345
	if os.Geteuid() != 0 {
		t.Skip("only root can be another user")
	}
	for _, host := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Logf("%s: %v", host, err)
			continue
		}
		defer l.Close()
		port := l.Addr().(*net.TCPAddr).Port
		cmd := exec.Command("/proc/self/exe", "-test.run=^TestDialAndWait$")
		cmd.Env = append(os.Environ(), "DIAL="+net.JoinHostPort(host, strconv.Itoa(port)))
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: other, Gid: other}}
		cmd.Dir = "/"
		cmd.ExtraFiles = []*os.File{self(t)} // the test binary may lie where the user cannot go
		cmd.Path = "/proc/self/fd/3"
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		s, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if uid, known := UID(s); !known || uid != other {
			t.Errorf("%s: UID = %d, %v; want %d", host, uid, known, other)
		}
		in.Close()
		s.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
}

func self(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestDialAndWait is the other user's process of TestOtherUser.
func TestDialAndWait(t *testing.T) {
	addr := os.Getenv("DIAL")
	if addr == "" {
		t.Skip("only for TestOtherUser")
	}
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = os.Stdin.Read(make([]byte, 1)) // until it is closed
}

func TestScanTable(t *testing.T) {
	const four = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" +
		"   0: 0100007F:2253 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 100 1 x 100 0 0 10 0\n" +
		"   1: 0100007F:9C40 0100007F:2253 01 00000000:00000000 00:00000000 00000000  1000        0 18897 1 x 20 4 30 10 -1\n"
	const six = "   1: 00000000000000000000000001000000:9C40 00000000000000000000000001000000:2253 01 00000000:00000000 " +
		"00:00000000 00000000  1001        0 18898 1 x\n"
	for _, c := range []struct {
		table, local, remote string
		want                 uint32
	}{
		{four, "127.0.0.1:40000", "127.0.0.1:8787", 1000},
		{six, "[::1]:40000", "[::1]:8787", 1001},
		{four, "127.0.0.1:40001", "127.0.0.1:8787", 0},
		{"no table\n1: zz:zz 1 2 3 4 5 6 7 8 9\n", "127.0.0.1:40000", "127.0.0.1:8787", 0},
	} {
		o, found := scanTable(strings.NewReader(c.table), netip.MustParseAddrPort(c.local), netip.MustParseAddrPort(c.remote))
		if found != (c.want != 0) || o.uid != c.want {
			t.Errorf("%s to %s: %+v, %v; want %d", c.local, c.remote, o, found, c.want)
		}
	}
}
