package runs

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
)

// A record is what was read of a run's .guild directory at one moment: its small files with their content, and the names of
// what else matters. It answers for the files as long as they are unchanged, which the times of change of the two directories
// tell, for files of a run are replaced by renaming:
//
//	version byte   stamp of .guild, of .guild/attrs, time of start (8 bytes each, little-endian)   size of all entries (4 bytes)
//	entry: kind byte   name (length as uvarint, bytes)   stamp of an entry of kind watched (8 bytes)   size of content (uvarint)
//	all contents
//
// The entries are together, for most lookups read no more than these. The time of start, which every listing reads, has a place
// of its own.
type record []byte

const (
	recordVersion = 2
	recordHead    = 1 + 3*8 + 4
	maxContent    = 1024 // bytes: what is larger is seldom asked for, and is read when it is
)

const (
	kindFile    = 'f'
	kindWatched = 'w' // other programs write these without renaming
	kindLarge   = 'l' // no content: read the file
	kindDerived = 'd' // no file, see Run.Keep
)

// watched are the attributes that people and Guild AI change in a run that has ended, by writing over the file.
var watched = [...]string{"comments", "label", "marked", "tags"}

// recorded are the names in .guild that a record knows, present or not, besides that of the phase.
var recorded = [...]string{"opref", "status", "proto", protoOpref, "LOCK.remote", "PENDING", "STAGED"}

const (
	attrsPrefix = "attrs/"
	protoOpref  = "proto/.guild/opref"
)

func (d record) valid() bool {
	return len(d) >= recordHead && d[0] == recordVersion && d.entriesSize() <= len(d)-recordHead
}

func (d record) entriesSize() int { return int(binary.LittleEndian.Uint32(d[recordHead-4:])) }

func (d record) stamps() (guild, attrs int64) {
	return int64(binary.LittleEndian.Uint64(d[1:])), int64(binary.LittleEndian.Uint64(d[9:])) //nolint:gosec // written likewise
}

func (d record) started() int64 {
	return int64(binary.LittleEndian.Uint64(d[17:])) //nolint:gosec // written likewise
}

// holds tells whether the two directories of the run at path are as they were when the record was made, by their stamps.
func (d record) holds(path string, stamp func(path string) (int64, error)) bool {
	guild, attrs := d.stamps()
	dir := path + "/" + guildDir
	if now, err := stamp(dir); err != nil || now != guild {
		return false
	}
	now, err := stamp(dir + "/attrs")
	return (err == nil || errors.Is(err, fs.ErrNotExist)) && now == attrs
}

// cursor goes through the entries of a record, to its end or what is no entry. All that it knows are places in the record.
type cursor struct {
	d                 record
	entry, end        int // the next entry, and where the last one ends
	kind              byte
	name, stamp       int // stamp: of an entry of kind watched, and where the name ends
	content, contents int // contents: of the next entry, and where the content ends
}

func (d record) cursor() cursor {
	if !d.valid() {
		return cursor{}
	}
	end := recordHead + d.entriesSize()
	return cursor{d: d, entry: recordHead, end: end, contents: end}
}

func (c *cursor) next() bool {
	if c.entry >= c.end {
		return false
	}
	c.kind = c.d[c.entry]
	size, name := c.number(c.entry + 1)
	rest := name + size
	c.name, c.stamp, c.entry = name, rest, c.end
	if c.kind == kindWatched {
		rest += 8
	}
	if rest >= c.end {
		return false
	}
	size, next := c.number(rest)
	if next > c.end || size > len(c.d)-c.contents {
		return false
	}
	c.entry, c.content, c.contents = next, c.contents, c.contents+size
	return true
}

// number reads one at a place, and says where it ends: behind all entries if it is none.
func (c *cursor) number(at int) (n, end int) {
	if at < c.end && c.d[at] < 0x80 { // as most are
		return int(c.d[at]), at + 1
	}
	u, size := binary.Uvarint(c.d[min(at, c.end):c.end])
	if size <= 0 || u > math.MaxInt32 {
		return 0, c.end + 1
	}
	return int(u), at + size
}

func (c *cursor) nameBytes() []byte    { return c.d[c.name:c.stamp] }
func (c *cursor) contentBytes() []byte { return c.d[c.content:c.contents:c.contents] }

// stampNumber is 0 for what is not watched.
func (c *cursor) stampNumber() int64 {
	if c.kind != kindWatched {
		return 0
	}
	return int64(binary.LittleEndian.Uint64(c.d[c.stamp:])) //nolint:gosec // written likewise
}

// find looks for an entry by prefix and the rest of its name.
func (d record) find(prefix, name string) (kind byte, stamp int64, content []byte, ok bool) {
	for c := d.cursor(); c.next(); {
		if n := c.nameBytes(); len(n) == len(prefix)+len(name) && string(n[len(prefix):]) == name && string(n[:len(prefix)]) == prefix {
			return c.kind, c.stampNumber(), c.contentBytes(), true
		}
	}
	return 0, 0, nil, false
}

// phase is the one of the run's names; noPhase where it had none.
func (d record) phase() phase {
	for c := d.cursor(); c.next(); {
		if n := c.nameBytes(); len(n) > len(phasePrefix) && string(n[:len(phasePrefix)]) == phasePrefix {
			p, _ := parsePhase(string(n))
			return p
		}
	}
	return noPhase
}

// recordWriter makes a record.
type recordWriter struct {
	guild, attrs      int64 // stamps
	entries, contents []byte
}

func (w *recordWriter) add(kind byte, name string, stamp int64, content []byte) {
	w.entries = append(w.entries, kind)
	w.entries = binary.AppendUvarint(w.entries, uint64(len(name)))
	w.entries = append(w.entries, name...)
	if kind == kindWatched {
		w.entries = binary.LittleEndian.AppendUint64(w.entries, uint64(stamp)) //nolint:gosec // read likewise
	}
	w.entries = binary.AppendUvarint(w.entries, uint64(len(content)))
	w.contents = append(w.contents, content...)
}

// record is what was added, of a run that was started at a time.
func (w *recordWriter) record(started int64) record {
	d := append(make([]byte, 0, recordHead+len(w.entries)+len(w.contents)), recordVersion)
	for _, n := range [...]int64{w.guild, w.attrs, started} {
		d = binary.LittleEndian.AppendUint64(d, uint64(n)) //nolint:gosec // read likewise
	}
	d = binary.LittleEndian.AppendUint32(d, uint32(len(w.entries))) //nolint:gosec // a run has few files
	return append(append(d, w.entries...), w.contents...)
}
