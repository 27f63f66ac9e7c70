package access

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// CleanBasePath checks the path at which a proxy serves the dashboard, and returns it in the form for New and WithoutBase: with a slash at
// the start and none at the end, or empty for the root.
func CleanBasePath(p string) (string, error) {
	u, err := url.Parse(p)
	if err != nil || u.Path != p || strings.ContainsAny(p, "\\;,\"") || strings.Contains(p, "..") {
		return "", fmt.Errorf("base path %q: use a path such as /user/ada/guild", p)
	}
	if p = path.Clean("/" + p); p == "/" {
		return "", nil
	}
	return p, nil
}

// WithoutBase serves requests below base as if they were at the root. Some proxies remove the base from forwarded requests, so requests
// without it are served too.
func WithoutBase(base string, next http.Handler) http.Handler {
	if base == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest, ok := strings.CutPrefix(r.URL.Path, base); ok && (rest == "" || rest[0] == '/') {
			c := *r
			u := *r.URL
			u.Path, u.RawPath = rest, strings.TrimPrefix(u.RawPath, base)
			if rest == "" { // without the slash, relative addresses in the page would be wrong
				w.Header().Set("Location", path.Base(base)+"/status")
				w.WriteHeader(http.StatusFound)
				return
			}
			c.URL = &u
			r = &c
		}
		next.ServeHTTP(w, r)
	})
}
