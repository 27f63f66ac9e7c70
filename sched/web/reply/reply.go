// Package reply writes the responses of the dashboard's API: JSON, compressed if the client accepts that, and errors of one line.
package reply

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Timeout is the time limit for one response, or one event of a stream.
const Timeout = 15 * time.Second

// Error is the response to a request that fails.
type Error struct {
	Error string `json:"error"`
}

// ETag returns a tag that identifies a content.
func ETag(data []byte) string {
	sum := sha256.Sum256(data)
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

// Encode returns v as JSON. A value that JSON cannot represent must not end a scheduler: the response is an Error then.
func Encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		return Encode(Error{err.Error()})
	}
	return data
}

// JSON responds with data, which is JSON.
func JSON(w http.ResponseWriter, r *http.Request, code int, data []byte) {
	Deadline(w)
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	body := encoded(w, r, append(data[:len(data):len(data)], '\n'))
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client may be gone
	}
}

// Fail responds with one line that says what is wrong: JSON for the API, text for users.
func Fail(w http.ResponseWriter, r *http.Request, code int, line string) {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		JSON(w, r, code, Encode(Error{line}))
		return
	}
	Deadline(w)
	http.Error(w, line, code)
}

// Deadline limits the time for one response. A writer without deadlines does not write to a network.
func Deadline(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(Timeout))
}

// JSONIfNew responds with data, or with 304 if the client has the same data already.
func JSONIfNew(w http.ResponseWriter, r *http.Request, data []byte) {
	tag := ETag(data)
	w.Header().Set("ETag", tag)
	if slices.Contains(r.Header.Values("If-None-Match"), tag) {
		Deadline(w)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	JSON(w, r, http.StatusOK, data)
}
