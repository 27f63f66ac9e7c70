package reply

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"sync"
)

// leastGzip is the least size in bytes at which a response is compressed; below it nothing is gained.
const leastGzip = 512

// TakesGzip reports whether the client accepts compressed responses.
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
	z, _ := gzip.NewWriterLevel(nil, gzip.BestCompression) // the level is valid
	return z
}}

// Compressed returns data compressed with gzip.
func Compressed(data []byte) []byte {
	var buf bytes.Buffer
	z := writers.Get().(*gzip.Writer)
	defer writers.Put(z)
	z.Reset(&buf)
	_, _ = z.Write(data) // writing to a buffer cannot fail
	_ = z.Close()
	return buf.Bytes()
}

// encoded compresses a response if its client accepts that, and sets the headers.
func encoded(w http.ResponseWriter, r *http.Request, data []byte) []byte {
	w.Header().Add("Vary", "Accept-Encoding")
	if len(data) < leastGzip || !TakesGzip(r) {
		return data
	}
	w.Header().Set("Content-Encoding", "gzip")
	return Compressed(data)
}
