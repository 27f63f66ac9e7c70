package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"unicode/utf8"

	"guild/sched/web/render"
	"guild/sched/web/reply"
)

// Found lists the matches of a search in a run's output.
type Found struct {
	At    []int64 `json:"at"`    // offsets in bytes of lines with a match; only the first ones
	Lines []int   `json:"lines"` // numbers of these lines, from 0
	Total int     `json:"total"` // number of matches in the searched part
	More  bool    `json:"more,omitempty"`
}

const (
	maxFound  = 2000
	maxSearch = 1 << 30 // most bytes of output that are searched
	maxWords  = 200     // bytes
)

// searchOutput responds with a Found for ?words=TEXT; case is ignored.
func (s *Server) searchOutput(w http.ResponseWriter, r *http.Request) {
	run, ok := s.find(w, r)
	if !ok {
		return
	}
	given := r.URL.Query().Get("words")
	if given == "" || len(given) > maxWords || !utf8.ValidString(given) {
		reply.Fail(w, r, http.StatusBadRequest, "words is a text of at most 200 bytes")
		return
	}
	words := bytes.ToLower([]byte(given))
	f, err := openInside(run.Dir, ".guild/output")
	if err != nil {
		reply.JSON(w, r, http.StatusOK, reply.Encode(Found{At: []int64{}, Lines: []int{}}))
		return
	}
	defer func() { _ = f.Close() }()
	reply.JSON(w, r, http.StatusOK, reply.Encode(search(f, words)))
}

// search searches line by line. It also finds matches that control sequences interrupt.
func search(f io.Reader, words []byte) Found {
	found := Found{At: []int64{}, Lines: []int{}}
	offset, number := int64(0), 0
	buf := make([]byte, 0, 2*maxChunk)
	for {
		n, err := f.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		end := bytes.LastIndexByte(buf, '\n') + 1
		if end == 0 && (err != nil || len(buf) == cap(buf)) {
			end = len(buf) // the last line, or a very long one
		}
		for line := range bytes.Lines(buf[:end]) {
			text := bytes.ToLower([]byte(render.Plain(line)))
			if n := bytes.Count(text, words); n > 0 {
				found.Total += n
				if len(found.At) < maxFound {
					found.At, found.Lines = append(found.At, offset), append(found.Lines, number)
				}
			}
			offset += int64(len(line))
			number += bytes.Count(line, []byte{'\n'})
		}
		buf = buf[:copy(buf[:cap(buf)], buf[end:])]
		if err != nil {
			if !errors.Is(err, io.EOF) {
				found.More = true
			}
			return found
		}
		if offset > maxSearch {
			found.More = true
			return found
		}
	}
}
