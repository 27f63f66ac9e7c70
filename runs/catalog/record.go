package catalog

import (
	"bytes"
	"encoding/binary"
	"iter"
	"slices"
)

// A record has what was read of a run's .guild directory at one moment: its small files with their content, and the names of other relevant
// files. It is valid while the files are unchanged. The times of change of the two directories show that, since files of a run are replaced
// by renaming. Numbers are little-endian:
//
//	version (1 byte)   stamp of .guild, of .guild/attrs, time of start (8 bytes each)   number of entries (4 bytes)
//	of each entry the tag by which it is found (1 byte)
//	of each entry its kind (1 byte), where its name ends and where its content ends (4 bytes each)
//	all names
//	all contents, that of an entry of kind watched after its stamp (8 bytes)
//
// So most lookups, of which a listing makes many, read only the tags. The first entry is the phase, if the run had one. The time of start,
// which every listing reads, has a place of its own.
type record []byte

const (
	recordVersion = 3
	recordHead    = 1 + 3*8 + 4
	entrySize     = 1 + 2*4
	maxContent    = 1024 // bytes: larger files are seldom needed, and are read on demand
)

const (
	kindFile    = 'f'
	kindWatched = 'w' // other programs write these without renaming
	kindLarge   = 'l' // no content: read the file
	kindDerived = 'd' // no file, see runs.Source
)

// watched are the attributes that users and Guild AI overwrite in ended runs.
var watched = [...]string{"comments", "label", "marked", "tags"}

// recorded are the names in .guild that a record knows, whether they exist or not, in addition to the phase.
var recorded = [...]string{"opref", "status", "proto", protoOpref, "LOCK.remote", "PENDING", "STAGED"}

const (
	attrsPrefix = "attrs/"
	protoOpref  = "proto/.guild/opref"
)

func (d record) valid() bool {
	return len(d) >= recordHead && d[0] == recordVersion && d.size() <= (len(d)-recordHead)/(1+entrySize)
}

func (d record) size() int { return int(binary.LittleEndian.Uint32(d[recordHead-4:])) }

// count returns the number of entries; 0 for a damaged record.
func (d record) count() int {
	if !d.valid() {
		return 0
	}
	return d.size()
}

func (d record) stamps() (guild, attrs int64) {
	return int64(binary.LittleEndian.Uint64(d[1:])), int64(binary.LittleEndian.Uint64(d[9:])) //nolint:gosec // written likewise
}

func (d record) started() int64 {
	return int64(binary.LittleEndian.Uint64(d[17:])) //nolint:gosec // written likewise
}

// entry is a file in a record.
type entry struct {
	kind          byte
	stamp         int64 // 0 unless kind is watched
	name, content []byte
}

// entry returns the entry at an index below count.
func (d record) entry(i int) (e entry, ok bool) {
	n := d.size()
	ends := d[recordHead+n : recordHead+n*(1+entrySize)]
	at := func(i, offset int) int {
		if i < 0 {
			return 0
		}
		return int(binary.LittleEndian.Uint32(ends[i*entrySize+offset:]))
	}
	names := d[recordHead+n*(1+entrySize):]
	size := at(n-1, 1)
	from, to, first, last := at(i-1, 1), at(i, 1), at(i-1, 5), at(i, 5)
	if from > to || to > size || size > len(names) || first > last || last > len(names)-size {
		return entry{}, false
	}
	e = entry{kind: ends[i*entrySize], name: names[from:to], content: names[size+first : size+last : size+last]}
	if e.kind == kindWatched {
		if len(e.content) < 8 {
			return entry{}, false
		}
		e.stamp = int64(binary.LittleEndian.Uint64(e.content)) //nolint:gosec // written likewise
		e.content = e.content[8:]
	}
	return e, true
}

// all returns the entries.
func (d record) all() iter.Seq[entry] {
	return func(yield func(entry) bool) {
		for i := range d.count() {
			if e, ok := d.entry(i); ok && !yield(e) {
				return
			}
		}
	}
}

// tagOf returns a byte that differs for most names, computed from a few characters; the name is given in two parts.
func tagOf(prefix, name string) byte {
	n := len(prefix) + len(name)
	at := func(i int) byte {
		if i < len(prefix) {
			return prefix[i]
		}
		return name[i-len(prefix)]
	}
	if n < 3 {
		return byte(n)
	}
	return byte(n) + 3*at(n/2) + 5*at(n-3) + 7*at(n-1)
}

// find finds an entry by its name, which is given as a prefix and the rest.
func (d record) find(prefix, name string) (e entry, ok bool) {
	tags, tag := d[recordHead:recordHead+d.count()], tagOf(prefix, name)
	for from := 0; ; from++ {
		i := bytes.IndexByte(tags[from:], tag)
		if i < 0 {
			return entry{}, false
		}
		from += i
		e, ok = d.entry(from)
		if ok && len(e.name) == len(prefix)+len(name) && string(e.name[len(prefix):]) == name && string(e.name[:len(prefix)]) == prefix {
			return e, true
		}
	}
}

// phase returns the name of the entry of the run's phase; empty if there was none.
func (d record) phase() string {
	if d.count() > 0 {
		if first, _ := d.entry(0); bytes.HasPrefix(first.name, []byte(".phase.")) {
			return string(first.name)
		}
	}
	return ""
}

// recordWriter makes a record.
type recordWriter struct {
	guild, attrs                   int64 // stamps
	tags, entries, names, contents []byte
}

// add appends an entry; stamp is used only if kind is kindWatched.
func (w *recordWriter) add(kind byte, name string, stamp int64, content []byte) {
	w.tags = append(w.tags, tagOf("", name))
	w.names = append(w.names, name...)
	if kind == kindWatched {
		w.contents = binary.LittleEndian.AppendUint64(w.contents, uint64(stamp)) //nolint:gosec // read likewise
	}
	w.contents = append(w.contents, content...)
	w.entries = append(w.entries, kind)
	w.entries = binary.LittleEndian.AppendUint32(w.entries, uint32(len(w.names)))    //nolint:gosec // files of a run are few and small
	w.entries = binary.LittleEndian.AppendUint32(w.entries, uint32(len(w.contents))) //nolint:gosec // likewise
}

// record returns the record of what was added; started is the start of the run.
func (w *recordWriter) record(started int64) record {
	d := []byte{recordVersion}
	for _, n := range [...]int64{w.guild, w.attrs, started} {
		d = binary.LittleEndian.AppendUint64(d, uint64(n)) //nolint:gosec // read likewise
	}
	d = binary.LittleEndian.AppendUint32(d, uint32(len(w.tags))) //nolint:gosec // a run has few files
	return slices.Concat(d, w.tags, w.entries, w.names, w.contents)
}
