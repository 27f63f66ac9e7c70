package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"guild/runs"
	"guild/sched/web/render"
	"guild/sched/web/reply"
)

// Shown is a file of a run in a form that pages can show.
type Shown struct {
	Kind  string        `json:"kind"` // "markdown", "code", "table", or "text"
	Nodes []render.Node `json:"nodes,omitempty"`
	Table *render.Table `json:"table,omitempty"`
	Size  int64         `json:"size"`
	Cut   int64         `json:"cut,omitempty"` // number of bytes shown if the file is larger
}

const (
	maxShown     = 256 << 10 // bytes of a text that are shown
	maxShownData = 4 << 20   // bytes of a table, or of JSON that is broken into lines
)

// shown responds with a Shown of a text file, or an error for other files.
func (s *Server) shown(w http.ResponseWriter, r *http.Request) {
	run, f, ok := s.openFile(w, r)
	if !ok {
		return
	}
	defer func() { _ = f.Close() }()
	if !isText(f.File) {
		reply.Fail(w, r, http.StatusUnsupportedMediaType, "this is no text: download it")
		return
	}
	data, err := io.ReadAll(io.LimitReader(f, maxShownData))
	if err != nil {
		failFile(w, r, err)
		return
	}
	out := show(run, f.name, data)
	if out.Size = f.info.Size(); out.Cut >= out.Size || out.Kind == "table" && out.Size <= maxShownData {
		out.Cut = 0
	}
	reply.JSON(w, r, http.StatusOK, reply.Encode(out))
}

// show chooses the form by the file's name.
func show(run *runs.Run, name string, data []byte) *Shown {
	ext := strings.ToLower(path.Ext(name))
	switch ext {
	case ".csv", ".tsv", ".tab":
		comma := ','
		if ext != ".csv" {
			comma = '\t'
		}
		if t, ok := render.ReadTable(bytes.NewReader(data), comma); ok {
			return &Shown{Kind: "table", Table: t, Cut: int64(len(data))}
		}
	case ".json":
		var b bytes.Buffer
		if json.Indent(&b, data, "", "  ") == nil {
			data = b.Bytes()
		}
	}
	cut := data[:min(len(data), maxShown)]
	if len(cut) < len(data) {
		cut = cut[:len(cut)-render.Incomplete(cut)]
	}
	shown := int64(len(cut))
	if ext == ".md" || ext == ".markdown" {
		dir := path.Dir(name)
		return &Shown{Kind: "markdown", Cut: shown, Nodes: render.Markdown(cut, func(p string) string { return fileAddress(run.ID, path.Join(dir, p)) })}
	}
	nodes := render.Code(path.Base(name), cut)
	kind := "code"
	if len(nodes) == 1 && nodes[0].Tag == "" {
		kind = "text"
	}
	return &Shown{Kind: kind, Nodes: nodes, Cut: shown}
}

// fileAddress returns the address of a file of a run, relative to the page.
func fileAddress(id, name string) string {
	return (&url.URL{Path: "api/runs/" + id + "/files/" + name}).EscapedPath()
}

// asText reads a text file for a comparison. It returns errNoText or errLarge if that is not possible.
func asText(dir, name string) ([]byte, error) {
	f, err := openInside(dir, name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	if !isText(f) {
		return nil, errNoText
	}
	data, err := io.ReadAll(io.LimitReader(f, maxShown+1))
	if err == nil && len(data) > maxShown {
		err = errLarge
	}
	return data, err
}

var (
	errNoText = errors.New("it is no text")
	errLarge  = errors.New("it is too large to be compared")
)
