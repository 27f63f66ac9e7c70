package web

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"guild/sched/web/reply"
)

// Pages load the bundles in dist, not the sources of the bundles, see TestBundleIsOfTheSources.
//
//go:embed static/status.html static/icon.svg static/dist static/vendor
var static embed.FS

// file answers with an embedded file.
func file(w http.ResponseWriter, r *http.Request, name string) {
	files, err := assets()
	f, ok := files[name]
	if err != nil || !ok {
		reply.Fail(w, r, http.StatusNotFound, "no such file: the dashboard is at /status")
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache") // browsers must revalidate, since the binary may have been replaced
	h.Set("ETag", f.tag)
	h.Set("Content-Type", contentTypes[path.Ext(name)]) // the system's table of types may be wrong
	h.Add("Vary", "Accept-Encoding")
	reply.Deadline(w)
	if slices.Contains(r.Header.Values("If-None-Match"), f.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	data := f.plain
	if reply.TakesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		data = f.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(data)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(data) // the client may be gone
	}
}

var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// asset is an embedded file in the form in which it is served.
type asset struct {
	plain, gzip []byte
	tag         string
}

// assets returns the embedded files by their names below static.
var assets = sync.OnceValues(func() (map[string]asset, error) {
	list := make(map[string]asset)
	err := fs.WalkDir(static, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := static.ReadFile(name)
		if err != nil {
			return err
		}
		list[strings.TrimPrefix(name, "static/")] = asset{plain: data, gzip: reply.Compressed(data), tag: reply.ETag(data)}
		return nil
	})
	return list, err
})
