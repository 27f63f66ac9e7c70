package runs

import (
	"path/filepath"
	"strings"
	"time"

	"guild/runs/opref"
)

// ShortID returns the form of the id for users: its first 8 characters.
func (r *View) ShortID() string { return r.ID[:min(8, len(r.ID))] }

// Path joins elem to the run directory.
func (r *View) Path(elem ...string) string {
	return filepath.Join(append([]string{r.Dir}, elem...)...)
}

// GuildPath joins elem, names and not paths to be tidied, to the run's .guild directory.
func (r *View) GuildPath(elem ...string) string {
	const sep = string(filepath.Separator)
	path := r.Dir + sep + guildDir
	for _, e := range elem {
		path += sep + e
	}
	return path
}

// Opref returns the reference to the run's operation. A missing or broken reference is the zero Ref.
func (r *View) Opref() opref.Ref {
	data, err := r.guildData("opref")
	if r.source != nil && err == nil {
		return r.source.Opref(data)
	}
	return ParseOpref(data, err)
}

// ParseOpref returns the reference in the content of the file opref, and the zero Ref where err says that there is none.
func ParseOpref(data []byte, err error) opref.Ref {
	if err != nil {
		return opref.Ref{}
	}
	ref, err := opref.Parse(string(data))
	if err != nil {
		return opref.Ref{}
	}
	return ref
}

// OpSpec names the operation of the run in listings. For a batch it is the trials' operation, a plus sign and the optimizer, which is
// omitted if the batch runs the trials as they are given.
func (r *View) OpSpec() string {
	spec, _ := r.OpSpecAndDir()
	return spec
}

// OpSpecAndDir returns OpSpec and the project directory of the operation, for a batch those of its trials' operation. It reads the run
// once.
func (r *View) OpSpecAndDir() (spec, dir string) { return r.specAndDirOf(r.Opref()) }

func (r *View) specAndDirOf(ref opref.Ref) (spec, dir string) {
	if r.IsBatch() {
		trials := ParseOpref(r.guildData("proto/.guild/opref"))
		return batchSpec(trials, ref), trials.Dir()
	}
	return ref.OpSpec(), ref.Dir()
}

func batchSpec(trials, batch opref.Ref) string {
	return trials.OpSpec() + "+" + strings.TrimPrefix(batch.OpSpec(), "+")
}

// Started returns the time at which the run was started or, while it waits, staged. Without it, it is the time at which the run was made;
// it is zero if that is unknown too.
func (r *View) Started() time.Time {
	for _, name := range []string{"started", "initialized"} {
		if t := r.AttrTime(name); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// Flags returns the flags of the run by name. What cannot be read is left out; to start a run, use ReadFlags.
func (r *View) Flags() map[string]any {
	m, _ := r.readFlags()
	return m
}

func (r *View) readFlags() (map[string]any, error) {
	f, err := r.readAttr("flags")
	m, _ := f.(map[string]any)
	return m, err
}

// ReadFlags is Flags with an error if the flags cannot be read: a run must not be started with only some of its flags. A run without the
// attribute has none.
func (r *Run) ReadFlags() (map[string]any, error) { return r.readFlags() }

// IsBatch reports whether the run is a batch: it holds a prototype of its trials. Queues of Guild AI hold an empty directory of that name.
func (r *View) IsBatch() bool { return r.hasGuild("proto/.guild/opref") }

func trimmed(data []byte) string { return strings.TrimSpace(string(data)) }
