package web

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"guild/runs"
	"guild/runs/manifest"
	"guild/runs/natural"
	"guild/runs/plainfile"
	"guild/sched/web/render"
	"guild/sched/web/reply"
)

// Files is a directory of a run. Hidden files, including guild's own, are neither listed nor served.
type Files struct {
	Dir   string     `json:"dir"`            // below the run directory, with slashes; empty for the run directory
	Files []FileInfo `json:"files"`          // directories first
	More  int        `json:"more,omitempty"` // number of entries not listed
}

// FileInfo is a file or directory of a run.
type FileInfo struct {
	Name      string    `json:"name"`
	Directory bool      `json:"directory,omitempty"`
	Size      int64     `json:"size"`
	Modified  time.Time `json:"modified,omitzero"`
	Kind      string    `json:"kind,omitempty"`   // "sourcecode", "dependency" or "generated"; for a directory only if the manifest lists it
	Media     string    `json:"media,omitempty"`  // "image", "audio" or "video" if browsers can play it
	Target    string    `json:"target,omitempty"` // where a link leads
	Closed    bool      `json:"closed,omitempty"` // not served: a link that leads out of the run or nowhere, or not a regular file
}

const maxFiles = 1000 // most entries of a directory that are listed

var errHidden = errors.New("hidden files are not shown")

// cleanPath returns the clean form of a path from a client, or an error if the path is not below the run or is hidden.
func cleanPath(p string) (string, error) {
	p = path.Clean(p)
	if !fs.ValidPath(p) {
		return "", fs.ErrInvalid
	}
	for segment := range strings.SplitSeq(p, "/") {
		if segment != "." && strings.HasPrefix(segment, ".") {
			return "", errHidden
		}
	}
	return p, nil
}

// files responds with a directory: ?dir=PATH below the run directory.
func (s *Server) files(w http.ResponseWriter, r *http.Request) {
	run, ok := s.find(w, r)
	if !ok {
		return
	}
	list, err := listFiles(run, cmp.Or(r.URL.Query().Get("dir"), "."))
	if err != nil {
		failFile(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, reply.Encode(list))
}

func listFiles(run *runs.Run, dir string) (*Files, error) {
	dir, err := cleanPath(dir)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(run.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	if st, err := root.Lstat(dir); err == nil && st.Mode()&fs.ModeSymlink != 0 {
		return nil, errors.New("linked directories are not entered")
	}
	kinds, err := manifest.KindsOf(run)
	if err != nil {
		return nil, err
	}
	f, err := plainfile.OpenDirIn(root, dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	entries, err := f.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") })
	slices.SortFunc(entries, func(a, b fs.DirEntry) int {
		switch {
		case a.IsDir() == b.IsDir():
			return natural.Compare(a.Name(), b.Name())
		case a.IsDir():
			return -1
		}
		return 1
	})
	list := &Files{Files: []FileInfo{}, More: max(0, len(entries)-maxFiles)}
	if dir != "." {
		list.Dir = dir
	}
	for _, e := range entries[:min(len(entries), maxFiles)] {
		list.Files = append(list.Files, fileInfo(root, path.Join(dir, e.Name()), e, kinds))
	}
	return list, nil
}

func fileInfo(root *os.Root, name string, e fs.DirEntry, kinds *manifest.Kinds) FileInfo {
	info := FileInfo{Name: e.Name(), Directory: e.IsDir()}
	kind, listed := kinds.Of(name)
	switch {
	case e.IsDir() && !listed: // a directory may hold files of all kinds
	case kind == manifest.Source:
		info.Kind = "sourcecode"
	case kind == manifest.Dependency:
		info.Kind = "dependency"
	case !e.IsDir():
		info.Kind = "generated"
	}
	if e.Type()&fs.ModeSymlink != 0 {
		info.Target, _ = root.Readlink(name) // an error means that the link is gone by now
	}
	st, err := root.Stat(name)
	if err != nil {
		info.Closed = true
		return info
	}
	info.Modified = st.ModTime()
	switch {
	case st.Mode().IsRegular():
		info.Size = st.Size()
		if media, _, _ := strings.Cut(mediaType(e.Name()), "/"); media != "text" && media != "application" {
			info.Media = media
		}
	case !e.IsDir():
		info.Closed = true
	}
	return info
}

// filePolicy is the policy for files of runs: opened by itself, such a file is a page without an origin, without scripts and without
// connections.
const filePolicy = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// reportPolicy is the policy for a report with scripts, in a frame of the dashboard: the report has no origin and can load nothing, neither
// from the network nor the files beside it. The policy of the page around it limits where the frame can navigate.
const reportPolicy = "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; " +
	"img-src data: blob:; font-src data:; media-src data: blob:; worker-src 'none'; base-uri 'none'; form-action 'none'; " +
	"webrtc 'block'; frame-ancestors 'self'"

// documentPolicy is the policy for PDF files. The browsers' own viewers do not work in a sandbox.
const documentPolicy = "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// policyFor returns the policy for a file. Scripts of a report run only in a frame of the dashboard, never in a window of their own, where
// nothing would limit navigation.
func policyFor(kind string, r *http.Request) string {
	switch {
	case kind == "application/pdf":
		return documentPolicy
	case strings.HasPrefix(kind, "text/html") && r.URL.Query().Has("report") && r.Header.Get("Sec-Fetch-Dest") == "iframe":
		return reportPolicy
	}
	return filePolicy
}

// runFile is an open file of a run.
type runFile struct {
	*os.File
	name string // relative to the run, with slashes
	info fs.FileInfo
}

// openFile opens the file of a run that a request names, or responds with an error.
func (s *Server) openFile(w http.ResponseWriter, r *http.Request) (run *runs.Run, f *runFile, ok bool) {
	if run, ok = s.find(w, r); !ok {
		return nil, nil, false
	}
	f = &runFile{}
	var err error
	if f.name, err = cleanPath(r.PathValue("path")); err == nil {
		f.File, err = openInside(run.Dir, f.name)
	}
	if err != nil {
		failFile(w, r, err)
		return nil, nil, false
	}
	if f.info, err = f.Stat(); err == nil && isEnv(run, f.info) {
		err = errHidden
	}
	if err != nil {
		_ = f.Close()
		failFile(w, r, err)
		return nil, nil, false
	}
	return run, f, true
}

// content responds with a file of a run. Browsers save it if ?download is given, or if they cannot show it.
func (s *Server) content(w http.ResponseWriter, r *http.Request) {
	_, f, ok := s.openFile(w, r)
	if !ok {
		return
	}
	defer func() { _ = f.Close() }()
	kind := mediaType(f.name)
	if kind == "" && isText(f.File) {
		kind = "text/plain; charset=utf-8"
	}
	h := w.Header()
	h.Set("Content-Security-Policy", policyFor(kind, r))
	h.Set("X-DNS-Prefetch-Control", "off")
	h.Set("Content-Type", cmp.Or(kind, "application/octet-stream"))
	if kind == "" || r.URL.Query().Has("download") {
		h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+strings.ReplaceAll(url.QueryEscape(path.Base(f.name)), "+", "%20"))
	}
	http.ServeContent(deadlineWriter{w}, r, "", f.info.ModTime(), f)
}

// isEnv reports whether a file is the one with the run's environment, to which a link in the run may lead.
func isEnv(run *runs.Run, st fs.FileInfo) bool {
	env, err := os.Stat(run.GuildPath("attrs", hiddenAttr))
	return err == nil && os.SameFile(env, st)
}

// failFile responds with the error for a file or directory that is not shown.
func failFile(w http.ResponseWriter, r *http.Request, err error) {
	code := http.StatusForbidden
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		code = http.StatusNotFound
	}
	line := err.Error()
	var p *fs.PathError
	if errors.As(err, &p) {
		line = p.Path + ": " + p.Err.Error()
	}
	reply.Fail(w, r, code, line)
}

// deadlineWriter gives each write of a response its own time limit, since a large file may take long as a whole.
type deadlineWriter struct{ http.ResponseWriter }

func (p deadlineWriter) Write(b []byte) (int, error) {
	reply.Deadline(p.ResponseWriter)
	return p.ResponseWriter.Write(b)
}

// mediaType returns the type of a file that browsers can show or play, by the file's name; the system's table of types may be wrong.
func mediaType(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".png":
		return "image/png"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".gif":
		return "image/gif"
	case ".webp":
		return "image/webp"
	case ".avif":
		return "image/avif"
	case ".bmp":
		return "image/bmp"
	case ".svg":
		return "image/svg+xml"
	case ".mp3":
		return "audio/mpeg"
	case ".wav":
		return "audio/wav"
	case ".flac":
		return "audio/flac"
	case ".ogg", ".oga", ".opus":
		return "audio/ogg"
	case ".m4a":
		return "audio/mp4"
	case ".mp4", ".m4v":
		return "video/mp4"
	case ".webm":
		return "video/webm"
	case ".ogv":
		return "video/ogg"
	case ".pdf":
		return "application/pdf"
	case ".htm", ".html":
		return "text/html; charset=utf-8"
	}
	return ""
}

// isText reports whether the start of a file is text, and seeks back to the start.
func isText(f io.ReadSeeker) bool {
	head := make([]byte, 4<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return false
	}
	if n == len(head) {
		n -= render.Incomplete(head) // the last character may be incomplete
	}
	head = head[:n]
	return utf8.Valid(head) && !slices.Contains(head, 0)
}
