package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"sync"

	"guild/runs/process"
	"guild/sched/web/peer"
	"guild/sched/web/reply"
)

// tokenParam is the parameter of a link that has the token.
const tokenParam = "token"

// Access gives access to the user whose process serves, to root, and to everybody with the token: first by a link that contains it, then by
// a cookie.
type Access struct {
	token  string
	cookie string // unique per token, since cookies are shared by all ports, and a host can have dashboards of several homes
	user   string
	path   string // for which the browser sends the cookie
}

// New returns an Access with the given token. base is the path of the dashboard, see CleanBasePath.
func New(token, base string) *Access {
	sum := sha256.Sum256([]byte(token))
	return &Access{token: token, cookie: "guild-" + hex.EncodeToString(sum[:4]), user: process.Username(), path: base + "/"}
}

// Wrap passes on requests with access and refuses others.
func (a *Access) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := r.URL.Query()
		byLink := a.is(given.Get(tokenParam))
		switch {
		case !byLink && !a.knows(r):
			reply.Fail(w, r, http.StatusForbidden, fmt.Sprintf("this dashboard is %s's, who gets a link for others by 'guild view --link'", a.user))
		case given.Has(tokenParam):
			a.forward(w, r, byLink)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// WithoutToken returns an address without the token, for logs.
func WithoutToken(u *url.URL) string {
	query := u.Query()
	if !query.Has(tokenParam) {
		return u.String()
	}
	query.Set(tokenParam, "...")
	c := *u
	c.RawQuery = query.Encode()
	return c.String()
}

// is compares a text with the token in constant time.
func (a *Access) is(word string) bool {
	return subtle.ConstantTimeCompare([]byte(word), []byte(a.token)) == 1
}

func (a *Access) knows(r *http.Request) bool {
	for _, c := range r.CookiesNamed(a.cookie) {
		if a.is(c.Value) {
			return true
		}
	}
	return ownConnection(r)
}

// forward redirects to the same page without the token, which should not stay in the address, the history or screenshots. If remember is
// set, it stores the token in a cookie.
func (a *Access) forward(w http.ResponseWriter, r *http.Request, remember bool) {
	if remember {
		http.SetCookie(w, &http.Cookie{Name: a.cookie, Value: a.token, Path: a.path, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	}
	query := r.URL.Query()
	query.Del(tokenParam)
	// Relative, since a proxy may serve the page below another path. "./" keeps a colon from being read as the end of a scheme.
	_, name := path.Split(r.URL.Path)
	to := "./" + (&url.URL{Path: name, RawQuery: query.Encode()}).EscapedPath()
	if len(query) > 0 {
		to += "?" + query.Encode()
	}
	reply.Deadline(w)
	if site := r.Header.Get("Sec-Fetch-Site"); site != "cross-site" && site != "same-site" {
		w.Header().Set("Location", to) // http.Redirect would make it absolute
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	// After a link on another site, such as a mail page, browsers send no strict cookie in the whole chain of redirects. They do when a
	// page of this server leads on.
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	target := html.EscapeString(to)
	_, _ = fmt.Fprintf(w, "<!doctype html><title>Guild</title><meta http-equiv=\"refresh\" content=\"0;url=%s\">"+
		"<p><a href=\"%s\">Go to the dashboard</a>\n", target, target)
}

// WithToken returns the address of a dashboard with the token, as a link that gives access.
func WithToken(address, token string) string { return address + "?" + tokenParam + "=" + token }

type connectionKey struct{}

// WithOwner stores in the context of a connection who owns its other end. The kernel is asked once, at the first request.
func WithOwner(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, sync.OnceValue(func() bool {
		uid, known := peer.UID(c)
		return known && (uid == 0 || uid == os.Geteuid())
	}))
}

// ownConnection reports whether a request comes from the user whose process serves, or from root. Requests of a proxy do not count, since
// anybody may use the proxy.
func ownConnection(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	own, ok := r.Context().Value(connectionKey{}).(func() bool)
	return ok && own()
}

// Link returns the address of a dashboard with the token, as a link that gives access.
func (a *Access) Link(address string) string { return WithToken(address, a.token) }
