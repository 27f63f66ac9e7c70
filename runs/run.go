package runs

import (
	"crypto/rand"
	"encoding/hex"
	"path/filepath"
	"strings"
)

const guildDir = ".guild"

// Run is one run directory. It is a name: every method reads the disk, and what is true of the run can change from one call to the next.
// A Run, and no snapshot, can be locked, signalled and written.
type Run struct{ view }

// view hides the View of a Run, so that no Run can be made of the View of a snapshot.
type view = View

// Named returns the run of an id in dir, an absolute path, without looking whether it is there.
func Named(id, dir string) *Run { return &Run{View{ID: id, Dir: dir}} }

// At returns the run in dir, which need not be in a store. Its id is the directory's name where that has the form of NewID, for a copy
// records the id of its original; else the one recorded there; else the directory's name.
func At(dir string) *Run {
	r := Named(filepath.Base(dir), dir)
	if isNewID(r.ID) {
		return r
	}
	if id, ok := r.AttrString("id"); ok && id != "" {
		r.ID = id
	}
	return r
}

// isNewID reports a name that NewID can return.
func isNewID(name string) bool {
	return len(name) == 32 && strings.Trim(name, "0123456789abcdef") == ""
}

// NewID returns a random run id: 32 hex digits.
func NewID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails, see crypto/rand
	return hex.EncodeToString(b[:])
}
