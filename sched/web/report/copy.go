package report

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"guild/runs/clone"
	"guild/runs/plainfile"
	"guild/sched/web"
)

// copy copies a file of a run to where the page expects it. It returns nil for a file that a dashboard would not serve either, such as a
// link that leads out of the run, or a file that is gone.
func (w *writer) copy(r Run, name string) (*copied, error) {
	root, err := os.OpenRoot(r.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	in, err := plainfile.OpenIn(root, name)
	if err != nil {
		return nil, nil //nolint:nilerr // see above
	}
	defer func() { _ = in.Close() }()
	st, err := in.Stat()
	if err != nil {
		return nil, err
	}
	if env, err := os.Stat(r.GuildPath("attrs", "env")); err == nil && os.SameFile(env, st) { // a link to the environment, which often contains passwords
		return nil, nil
	}
	text, err := looksLikeText(in)
	if err != nil {
		return nil, err
	}
	out := &copied{Type: web.MediaType(name), Size: st.Size()}
	to := name
	if !isInert(name, text) {
		out.Type = "text/plain"
	}
	if out.Type == "" {
		out.Type = "application/octet-stream"
		if text {
			out.Type = "text/plain"
		}
	}
	dir := "api/runs/" + r.ID + "/files/"
	if !isInert(name, text) {
		for to += textSuffix; exists(root, to); to += textSuffix { // a file of the run has this name
		}
		out.As = to
	}
	path := filepath.Join(w.dir, filepath.FromSlash(dir+to))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, err
	}
	_, err = clone.To(in, path, 0o666)
	return out, err
}

func exists(root *os.Root, name string) bool {
	_, err := root.Lstat(name)
	return err == nil
}

// textSuffix ends the names of files that browsers are to show as text.
const textSuffix = ".txt"

// plain are the extensions of texts that browsers show as text, or save.
var plain = map[string]bool{".txt": true, ".log": true, ".csv": true, ".tsv": true, ".json": true, ".jsonl": true, ".yml": true, ".yaml": true,
	".md": true, ".py": true, ".sh": true, ".toml": true, ".ini": true, ".cfg": true, ".r": true, ".jl": true, ".ipynb": true}

// isInert reports whether no browser executes a file that is opened from disk. A text with another extension is not known to be inert,
// since browsers look at its content.
func isInert(name string, text bool) bool {
	kind := web.MediaType(name)
	switch {
	case kind == "text/html", kind == "image/svg+xml":
		return false
	case kind != "":
		return true
	}
	return plain[strings.ToLower(path.Ext(name))] || !text && !isActive(name)
}

// isActive reports whether a file of this name may be a page although it is not UTF-8 text.
func isActive(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case "", ".xhtml", ".xht", ".shtml", ".xml", ".xsl", ".xslt", ".mht", ".mhtml", ".svgz", ".webarchive", ".swf", ".hta", ".url", ".desktop":
		return true
	}
	return false
}

// looksLikeText reports whether the start of a file is text, and seeks back to the start.
func looksLikeText(f io.ReadSeeker) (bool, error) {
	head := make([]byte, 4<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	head = head[:n]
	for range utf8.UTFMax - 1 { // the last character may be incomplete
		if utf8.Valid(head) || len(head) == 0 {
			break
		}
		head = head[:len(head)-1]
	}
	return utf8.Valid(head) && !bytes.Contains(head, []byte{0}), nil
}
