package runs

import (
	"crypto/rand"
	"encoding/hex"
	"path/filepath"
	"strings"
	"time"

	"guild/runs/opref"
)

const guildDir = ".guild"

// Run is one run directory. It is a name, not a snapshot: every method reads the disk. Only those of a survey answer from what
// the survey saw, see Store.Survey.
type Run struct {
	ID  string // directory name in a store
	Dir string // absolute path

	seen *sighting
}

// At returns the run in dir, which need not be in a store. Its id is the directory's name where that has the form of NewID, for a copy
// records the id of its original; else the one recorded there; else the directory's name.
func At(dir string) *Run {
	r := &Run{ID: filepath.Base(dir), Dir: dir}
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

// ShortID is the part of the id that people see: its first 8 characters.
func (r *Run) ShortID() string { return r.ID[:min(8, len(r.ID))] }

// Path joins elem to the run directory.
func (r *Run) Path(elem ...string) string {
	return filepath.Join(append([]string{r.Dir}, elem...)...)
}

// GuildPath joins elem, names and not paths to be tidied, to the run's .guild directory.
func (r *Run) GuildPath(elem ...string) string {
	const sep = string(filepath.Separator)
	path := r.Dir + sep + guildDir
	for _, e := range elem {
		path += sep + e
	}
	return path
}

// Opref tells what was run. A missing or broken reference is the zero Ref.
func (r *Run) Opref() opref.Ref {
	data, err := r.guildData("opref")
	if r.seen != nil && err == nil {
		return r.seen.survey.opref(data)
	}
	return parseOpref(data, err)
}

func parseOpref(data []byte, err error) opref.Ref {
	if err != nil {
		return opref.Ref{}
	}
	ref, err := opref.Parse(string(data))
	if err != nil {
		return opref.Ref{}
	}
	return ref
}

// OpSpec names the operation of the run in listings. That of a batch is its trials' operation, a plus sign and the
// optimizer, which is left out where the batch runs the trials as they are given.
func (r *Run) OpSpec() string {
	spec, _ := r.OpSpecAndDir()
	return spec
}

// OpSpecAndDir is OpSpec and the project directory of the operation, or of that of the trials, see opref.Ref, with one look at
// the run.
func (r *Run) OpSpecAndDir() (spec, dir string) { return r.specAndDirOf(r.Opref()) }

func (r *Run) specAndDirOf(ref opref.Ref) (spec, dir string) {
	if r.IsBatch() {
		trials := parseOpref(r.guildData(protoOpref))
		return batchSpec(trials, ref), trials.Dir()
	}
	return ref.OpSpec(), ref.Dir()
}

func batchSpec(trials, batch opref.Ref) string {
	return trials.OpSpec() + "+" + strings.TrimPrefix(batch.OpSpec(), "+")
}

// Started is the time the run was started, or staged where it waits; else the time it was made; else zero.
func (r *Run) Started() time.Time {
	for _, name := range []string{"started", "initialized"} {
		if t := r.AttrTime(name); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// Flags of the run by name, for those who only look.
func (r *Run) Flags() map[string]any {
	m, _ := r.ReadFlags()
	return m
}

// ReadFlags is Flags for those who act by them: a run must not be started with less than its flags because they could not be
// read. A run without the attribute has none.
func (r *Run) ReadFlags() (map[string]any, error) {
	v, err := r.ReadAttr("flags")
	m, _ := v.(map[string]any)
	return m, err
}

// IsBatch reports a batch parent: it holds a prototype of its trials.
func (r *Run) IsBatch() bool { return r.hasGuild("proto") }

func trimmed(data []byte) string { return strings.TrimSpace(string(data)) }
