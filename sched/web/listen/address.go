package listen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"

	"guild/runs/console"
	"guild/runs/process"
)

// DefaultAddr is the default address of the dashboard.
const DefaultAddr = "127.0.0.1:8787"

const (
	loopback    = "127.0.0.1"
	defaultPort = "8787"
)

// ParseAddress parses an address as users write it and returns the form for Config.Addr:
//
//	8787, :8787         that port on the loopback: a host that is not written is never all of them
//	0                   any free port on the loopback
//	HOST:PORT           as written; 0.0.0.0:PORT or [::]:PORT for all addresses of this host
//	0.0.0.0, localhost  an IP address or localhost without a port: port 8787
//	yes, on, true       DefaultAddr
//	no, off, false, ""  no dashboard: disabled is true
//
// The error is one line that names the forms.
func ParseAddress(s string) (addr string, disabled bool, err error) {
	s = strings.TrimSpace(s)
	switch strings.ToLower(s) {
	case "", "no", "off", "false":
		return "", true, nil
	case "yes", "on", "true":
		return DefaultAddr, false, nil
	}
	host, port, ok := splitAddress(s)
	if !ok || !validPort(port) || !validHost(host) {
		return "", false, fmt.Errorf("dashboard address %q: use a port (8787), HOST:PORT (0.0.0.0:8787), or no", s)
	}
	return net.JoinHostPort(host, port), false, nil
}

func splitAddress(s string) (host, port string, ok bool) {
	if validPort(s) {
		return loopback, s, true
	}
	bare := s
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		bare = s[1 : len(s)-1]
	}
	if _, err := netip.ParseAddr(bare); err == nil || strings.EqualFold(s, "localhost") {
		return bare, defaultPort, true
	}
	host, port, err := net.SplitHostPort(s)
	if host == "" {
		host = loopback
	}
	return host, port, err == nil
}

func validPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

func validHost(s string) bool {
	if ip, err := netip.ParseAddr(s); err == nil {
		s = ip.Zone()
	} else if s == "" {
		return false
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
	return strings.Trim(s, letters) == ""
}

// portsToTry is the number of ports after the wanted one that are tried before any free port is used.
const portsToTry = 50

// On listens on the port of addr or, unless exact is set, on the next free port.
func On(ctx context.Context, addr string, exact bool) (net.Listener, error) {
	host, portText, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("serve the dashboard: %w", err)
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("serve the dashboard on %s: %q is not a port", addr, portText)
	}
	var lc net.ListenConfig
	first, err := lc.Listen(ctx, "tcp", addr)
	if err == nil {
		return first, nil
	}
	if !errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("serve the dashboard (choose another dashboard-address, or no): %w", err)
	}
	if exact {
		return nil, console.WithHint(fmt.Errorf("port %d is taken by another program", port),
			"Give another port, 0 for any that is free, or none for the first one that is.")
	}
	for p := port + 1; p <= min(port+portsToTry, 1<<16-1); p++ {
		if l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.FormatUint(p, 10))); err == nil {
			return l, nil
		}
	}
	l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, fmt.Errorf("serve the dashboard: %w", err)
	}
	return l, nil
}

// LinkHost returns the host in links to a server that listens on host.
func LinkHost(host string, interfaces []netip.Addr) string {
	if host != "" {
		ip, err := netip.ParseAddr(host)
		if err != nil || !ip.IsUnspecified() {
			return host
		}
	}
	for _, ip := range interfaces {
		if ip.Is4() && ip.IsGlobalUnicast() {
			return ip.String()
		}
	}
	if name := process.Hostname(); name != "" && name != "localhost" {
		return name
	}
	return loopback
}

// HostAddrs returns the addresses of the interfaces that are up, in the system's order.
func HostAddrs() []netip.Addr {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil
	}
	var list []netip.Addr
	for _, i := range interfaces {
		if i.Flags&net.FlagUp == 0 {
			continue
		}
		addrs, err := i.Addrs()
		if err != nil {
			continue
		}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				list = append(list, p.Addr().Unmap())
			}
		}
	}
	return list
}
