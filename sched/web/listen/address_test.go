package listen

import (
	"guild/runs/process"
	"net"
	"net/netip"
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for _, c := range []struct{ in, addr string }{
		{"8787", "127.0.0.1:8787"},
		{" 9000 ", "127.0.0.1:9000"},
		{":8787", "127.0.0.1:8787"},
		{"0", "127.0.0.1:0"},
		{":0", "127.0.0.1:0"},
		{"127.0.0.1:8787", "127.0.0.1:8787"},
		{"0.0.0.0:8787", "0.0.0.0:8787"},
		{"[::]:8787", "[::]:8787"},
		{"[fe80::1%eth0]:80", "[fe80::1%eth0]:80"},
		{"0.0.0.0", "0.0.0.0:8787"},
		{"::1", "[::1]:8787"},
		{"[::]", "[::]:8787"},
		{"localhost", "localhost:8787"},
		{"node1.cluster:65535", "node1.cluster:65535"},
		{"yes", DefaultAddr},
		{"True", DefaultAddr},
		{"no", ""},
		{"OFF", ""},
		{"false", ""},
		{"", ""},
	} {
		addr, disabled, err := ParseAddress(c.in)
		if err != nil || addr != c.addr || disabled != (c.addr == "") {
			t.Errorf("ParseAddress(%q) = %q, %v, %v; want %q", c.in, addr, disabled, err, c.addr)
		}
	}
}

func TestParseAddressErrors(t *testing.T) {
	for _, in := range []string{"65536", "-1", "host", "host:", "host:http", "a b:80", "http://localhost:8787", "1:2:3", "h:80/x", "10.0.0.1:99999"} {
		addr, _, err := ParseAddress(in)
		if err == nil {
			t.Errorf("ParseAddress(%q) = %q, want an error", in, addr)
			continue
		}
		if msg := err.Error(); strings.Contains(msg, "\n") || !strings.Contains(msg, "HOST:PORT") || !strings.Contains(msg, in) {
			t.Errorf("ParseAddress(%q): %q does not name the forms in one line", in, msg)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"8787", "[::]:1", "a:b", ":", "no", "0.0.0.0", "[::1%lo]:3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		addr, disabled, err := ParseAddress(s)
		if err != nil || disabled {
			return
		}
		if _, _, err := net.SplitHostPort(addr); err != nil {
			t.Fatalf("ParseAddress(%q) = %q: %v", s, addr, err)
		}
		again, _, err := ParseAddress(addr)
		if err != nil || again != addr {
			t.Fatalf("ParseAddress(%q) = %q, which reads as %q, %v", s, addr, again, err)
		}
	})
}

func TestLinkHost(t *testing.T) {
	name := process.Hostname()
	if name == "localhost" {
		name = "127.0.0.1"
	}
	lo := netip.MustParseAddr("127.0.0.1")
	linkLocal := netip.MustParseAddr("169.254.1.1")
	six := netip.MustParseAddr("2001:db8::1")
	lan := netip.MustParseAddr("192.168.1.189")
	for _, c := range []struct {
		host  string
		addrs []netip.Addr
		want  string
	}{
		{"127.0.0.1", []netip.Addr{lan}, "127.0.0.1"},
		{"localhost", []netip.Addr{lan}, "localhost"},
		{"10.1.2.3", nil, "10.1.2.3"},
		{"0.0.0.0", []netip.Addr{lo, linkLocal, six, lan}, "192.168.1.189"},
		{"::", []netip.Addr{lo, lan}, "192.168.1.189"},
		{"", []netip.Addr{lan}, "192.168.1.189"},
		{"0.0.0.0", []netip.Addr{lo, six}, name},
	} {
		if got := LinkHost(c.host, c.addrs); got != c.want {
			t.Errorf("LinkHost(%q, %v) = %q, want %q", c.host, c.addrs, got, c.want)
		}
	}
}
