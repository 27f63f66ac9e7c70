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

// tokenParam is the parameter of a link that carries the token.
const tokenParam = "token"

// Access lets in the user whose process serves, root, and whoever has the token: by the link that carries it, and from then on by
// a cookie.
type Access struct {
	token  string
	cookie string // name: cookies know no ports, and a host can have dashboards of several homes
	user   string
	path   string // below which the cookie is sent
}

// New returns an access by a token. base is the path below which the dashboard is shown, see CleanBasePath.
func New(token, base string) *Access {
	sum := sha256.Sum256([]byte(token))
	return &Access{token: token, cookie: "guild-" + hex.EncodeToString(sum[:4]), user: process.Username(), path: base + "/"}
}

// Wrap lets those through who are let in.
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

// WithoutToken is an address as it may be logged.
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

// is compares a word with the token, in a time that says nothing about it.
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

// forward leads to the same page without the token, which is not to stay in the address, in the history or on a picture of the
// screen. remember makes it a cookie.
func (a *Access) forward(w http.ResponseWriter, r *http.Request, remember bool) {
	if remember {
		http.SetCookie(w, &http.Cookie{Name: a.cookie, Value: a.token, Path: a.path, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	}
	query := r.URL.Query()
	query.Del(tokenParam)
	// Relative, for a proxy may show the page below another path. With ./ at the start a colon in it makes no scheme.
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
	// A browser that follows a link of another site, such as a mail page, sends no strict cookie along the whole way of
	// redirects. It does when a page of ours leads on.
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	target := html.EscapeString(to)
	_, _ = fmt.Fprintf(w, "<!doctype html><title>Guild</title><meta http-equiv=\"refresh\" content=\"0;url=%s\">"+
		"<p><a href=\"%s\">Go to the dashboard</a>\n", target, target)
}

// WithToken is the address of a dashboard as a link that lets others in.
func WithToken(address, token string) string { return address + "?" + tokenParam + "=" + token }

type connectionKey struct{}

// WithOwner gives the requests of a connection what the kernel says of its other end, asked once when the first one comes.
func WithOwner(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, sync.OnceValue(func() bool {
		uid, known := peer.UID(c)
		return known && (uid == 0 || uid == os.Geteuid())
	}))
}

// ownConnection reports a request of the user whose process serves, or of root. A proxy, whosever it is, asks for somebody else.
func ownConnection(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	own, ok := r.Context().Value(connectionKey{}).(func() bool)
	return ok && own()
}

// Link is the address of a dashboard with the token, which lets others in.
func (a *Access) Link(address string) string { return WithToken(address, a.token) }
