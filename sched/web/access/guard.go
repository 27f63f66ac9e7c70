package access

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"guild/sched/web/reply"
)

// Guard passes on requests for this host's names with GET or HEAD, and POST for certain paths, unless they are made on behalf of another
// site's page.
type Guard struct {
	Listen   string              // host part of the address listened on
	Hostname string              // of this host
	Addrs    func() []netip.Addr // of this host
	URL      string              // address for the error message
	Allow    []string            // further host names, in lower case
	Posts    []string            // paths that accept POST, from pages of this server only; empty: there are none
}

// Wrap passes on allowed requests and refuses others.
func (g *Guard) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'none'; "+
			"frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		switch {
		case !g.knows(r.Host):
			reply.Fail(w, r, http.StatusForbidden, fmt.Sprintf("%q is no name of this host: open %s, or add the name: "+
				"guild view --allow-host NAME, or dashboard-address=NAME:PORT of a scheduler", r.Host, g.URL))
		case g.foreign(r):
			reply.Fail(w, r, http.StatusForbidden, "the dashboard answers its own page only, and no other site's")
		case r.Method == http.MethodPost && slices.Contains(g.Posts, r.URL.Path):
			// Browsers send Origin with every POST.
			if r.Header.Get("Origin") == "" {
				reply.Fail(w, r, http.StatusForbidden, "a POST to the dashboard has the header Origin, which names the dashboard's own page")
				return
			}
			next.ServeHTTP(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			h.Set("Allow", "GET, HEAD")
			reply.Fail(w, r, http.StatusMethodNotAllowed, "the dashboard only reads here: GET and HEAD")
		case r.ContentLength != 0:
			h.Set("Connection", "close")
			reply.Fail(w, r, http.StatusBadRequest, "a request to the dashboard has no body")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// knows reports whether hostport, from a request's Host header, names this host. Any port is accepted, since tunnels change it.
func (g *Guard) knows(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if host == "" {
		return false
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return g.knowsIP(ip.Unmap())
	}
	if slices.Contains(g.Allow, host) {
		return true
	}
	own := strings.ToLower(g.Hostname)
	short, _, _ := strings.Cut(own, ".")
	switch host {
	case "localhost", strings.ToLower(g.Listen), own, short, short + ".local":
		return true
	}
	return strings.HasSuffix(host, ".localhost")
}

func (g *Guard) knowsIP(ip netip.Addr) bool {
	if ip.IsLoopback() {
		return true
	}
	if listen, err := netip.ParseAddr(g.Listen); err == nil && !ip.IsUnspecified() && listen.Unmap() == ip {
		return true
	}
	for _, own := range g.Addrs() {
		if own.WithZone("") == ip.WithZone("") {
			return true
		}
	}
	return false
}

// foreign reports whether a browser makes a request for another site's page. Following a link to the dashboard does not count.
func (g *Guard) foreign(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" && !strings.EqualFold(origin, "http://"+r.Host) && !g.allowed(origin, r.Host) {
		return true
	}
	return r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

// allowed reports whether origin is a page that a proxy serves under an allowed name by TLS.
func (g *Guard) allowed(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == "https" && strings.EqualFold(u.Host, host) && slices.Contains(g.Allow, strings.ToLower(u.Hostname()))
}
