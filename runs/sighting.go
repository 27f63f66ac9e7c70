package runs

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"guild/runs/sharedfs"
)

// sighting is what a survey saw of a run.
type sighting struct {
	survey  *survey
	look    *look // nil: of no look at the whole root
	lasting bool  // the record is in the index, or is to be

	mu   sync.Mutex // for data, which Keep replaces
	data record
}

func (s *sighting) record() record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data
}

// file is the content of a file of the run, or that there is none. known is false where the record does not tell.
func (r *Run) seenFile(prefix, name string) (content []byte, present, known bool) {
	if r.seen == nil {
		return nil, false, false
	}
	e, present := r.seen.record().find(prefix, name)
	switch {
	case !present:
		return nil, false, prefix == attrsPrefix || slices.Contains(recorded[:], name)
	case e.kind == kindLarge:
		return nil, true, false
	case e.kind == kindWatched:
		now, err := r.StampAt(guildDir + "/" + prefix + name)
		return e.content, true, err == nil && now == e.stamp
	}
	return e.content, true, true
}

// holds tells whether the two directories of the run are as they were when the record was made, by their stamps.
func (r *Run) holds(d record) bool {
	guild, attrs := d.stamps()
	if now, err := r.StampAt(guildDir); err != nil || now != guild {
		return false
	}
	now, err := r.StampAt(guildDir + "/attrs")
	return (err == nil || errors.Is(err, fs.ErrNotExist)) && now == attrs
}

func (s *sighting) attrNames() []string {
	var names []string
	for e := range s.record().all() {
		if attr, ok := strings.CutPrefix(string(e.name), attrsPrefix); ok && e.kind != kindDerived {
			names = append(names, attr)
		}
	}
	return names
}

// attrData is the content of an attribute's file.
func (r *Run) attrData(name string) ([]byte, error) {
	if content, present, known := r.seenFile(attrsPrefix, name); known {
		return content, absent(present)
	}
	return sharedfs.ReadFile(r.attrPath(name))
}

// guildData is the content of a file in .guild.
func (r *Run) guildData(name string) ([]byte, error) {
	if content, present, known := r.seenFile("", name); known {
		return content, absent(present)
	}
	return sharedfs.ReadFile(r.GuildPath(name))
}

func absent(present bool) error {
	if present {
		return nil
	}
	return fs.ErrNotExist
}

// hasGuild reports a name in .guild.
func (r *Run) hasGuild(name string) bool {
	if r.seen != nil && slices.Contains(recorded[:], name) {
		_, present := r.seen.record().find("", name)
		return present
	}
	_, err := os.Stat(r.GuildPath(name))
	return err == nil
}

// Kept is what Keep was told under this name of the run as the survey saw it. Whether it still holds is for the caller to find
// out, but for what is in .guild and .guild/attrs themselves. There is none of a run that is not of a survey.
func (r *Run) Kept(name string) (data []byte, ok bool) {
	if r.seen == nil {
		return nil, false
	}
	e, ok := r.seen.record().find("", name)
	return e.content, ok && e.kind == kindDerived
}

// Keeps tells whether Keep does anything.
func (r *Run) Keeps() bool { return r.seen != nil && r.seen.lasting }

// Keep asks the index to remember what was derived from files of the run, the last of which was changed at the time newest by
// its stamp, until .guild or its attributes change. The name is no name in .guild.
func (r *Run) Keep(name string, newest int64, data []byte) {
	if !r.Keeps() || newest >= r.seen.survey.settled.Load() {
		return
	}
	r.seen.mu.Lock()
	var w recordWriter
	w.guild, w.attrs = r.seen.data.stamps()
	for e := range r.seen.data.all() {
		if e.kind != kindDerived || string(e.name) != name {
			w.add(e.kind, string(e.name), e.stamp, e.content)
		}
	}
	w.add(kindDerived, name, 0, data)
	kept := w.record(r.seen.data.started())
	r.seen.data = kept
	r.seen.mu.Unlock()
	r.seen.survey.keep(r.ID, kept)
}

// StampAt is when the file or directory at path, relative to the run, was changed last: nanoseconds by the clock of its file
// server. Links are followed.
func (r *Run) StampAt(path string) (int64, error) {
	if r.seen != nil && r.seen.look != nil {
		return r.seen.look.stamp(r.ID, path)
	}
	return sharedfs.Stamp(r.Path(path))
}

// retained is the run as it was seen, after what it was seen in is gone.
func (r *Run) retained() *Run {
	if r.seen == nil {
		return r
	}
	seen := &sighting{survey: r.seen.survey, look: r.seen.look, lasting: r.seen.lasting, data: slices.Clone(r.seen.record())}
	return &Run{ID: r.ID, Dir: r.Dir, seen: seen}
}

// Plain is the run as List has it: a name, whose every method reads the disk.
func (r *Run) Plain() *Run {
	if r.seen == nil {
		return r
	}
	return &Run{ID: r.ID, Dir: r.Dir}
}
