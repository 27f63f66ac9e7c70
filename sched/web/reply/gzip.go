package reply

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"sync"
)

// leastGzip is the size in bytes from which on an answer is compressed: a smaller one gains nothing.
const leastGzip = 512

// TakesGzip reports a client that can read compressed answers.
func TakesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			return strings.ReplaceAll(q, " ", "") != "q=0"
		}
	}
	return false
}

var writers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestCompression) // the level is one
	return z
}}

// Compressed is data as gzip has it.
func Compressed(data []byte) []byte {
	var buf bytes.Buffer
	z := writers.Get().(*gzip.Writer)
	defer writers.Put(z)
	z.Reset(&buf)
	_, _ = z.Write(data) // a buffer takes everything
	_ = z.Close()
	return buf.Bytes()
}

// encoded compresses an answer where its client can read that, and says so in the header.
func encoded(w http.ResponseWriter, r *http.Request, data []byte) []byte {
	w.Header().Add("Vary", "Accept-Encoding")
	if len(data) < leastGzip || !TakesGzip(r) {
		return data
	}
	w.Header().Set("Content-Encoding", "gzip")
	return Compressed(data)
}
