package runs

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
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
	kind, stamp, content, present := r.seen.record().find(prefix, name)
	switch {
	case !present:
		return nil, false, prefix == attrsPrefix || slices.Contains(recorded[:], name)
	case kind == kindLarge:
		return nil, true, false
	case kind == kindWatched:
		now, err := r.StampAt(guildDir + "/" + prefix + name)
		return content, true, err == nil && now == stamp
	}
	return content, true, true
}

func (s *sighting) attrNames() []string {
	var names []string
	for c := s.record().cursor(); c.next(); {
		if attr, ok := strings.CutPrefix(string(c.nameBytes()), attrsPrefix); ok && c.kind != kindDerived {
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
	return readFile(r.attrPath(name))
}

// guildData is the content of a file in .guild.
func (r *Run) guildData(name string) ([]byte, error) {
	if content, present, known := r.seenFile("", name); known {
		return content, absent(present)
	}
	return readFile(r.GuildPath(name))
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
		_, _, _, present := r.seen.record().find("", name)
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
	kind, _, data, ok := r.seen.record().find("", name)
	return data, ok && kind == kindDerived
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
	for c := r.seen.data.cursor(); c.next(); {
		if c.kind != kindDerived || string(c.nameBytes()) != name {
			w.add(c.kind, string(c.nameBytes()), c.stampNumber(), c.contentBytes())
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
		return r.seen.look.stamp(r.ID + "/" + path)
	}
	return stampOf(r.Path(path))
}

// Plain is the run as List has it: a name, whose every method reads the disk.
func (r *Run) Plain() *Run {
	if r.seen == nil {
		return r
	}
	return &Run{ID: r.ID, Dir: r.Dir}
}
