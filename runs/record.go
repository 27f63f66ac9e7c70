package runs

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"strings"
)

// A record is what was read of a run's .guild directory at one moment: its small files with their content, and the names of
// what else matters. It answers for the files as long as they are unchanged, which the times of change of the two directories
// tell, for files of a run are replaced by renaming:
//
//	version byte   stamp of .guild, of .guild/attrs, time of start (8 bytes each, little-endian)   entries
//	entry: kind byte   name (length as uvarint, bytes)   stamp of an entry of kind watched (8 bytes)   content (likewise)
//
// What only its content tells (the time of start, read with every listing) has a place of its own.
type record []byte

const (
	recordVersion = 1
	recordHead    = 1 + 3*8
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
	return len(d) >= recordHead && d[0] == recordVersion
}

func (d record) stamps() (guild, attrs int64) {
	return int64(binary.LittleEndian.Uint64(d[1:])), int64(binary.LittleEndian.Uint64(d[9:])) //nolint:gosec // written likewise
}

func (d record) started() int64 {
	return int64(binary.LittleEndian.Uint64(d[17:])) //nolint:gosec // written likewise
}

// holds tells whether the two directories of the run at path, which is relative to the directory dirfd, are as they were when
// the record was made.
func (d record) holds(dirfd int, path string) bool {
	guild, attrs := d.stamps()
	dir := path + "/" + guildDir
	if now, err := stampAt(dirfd, dir); err != nil || now != guild {
		return false
	}
	now, err := stampAt(dirfd, dir+"/attrs")
	return (err == nil || errors.Is(err, fs.ErrNotExist)) && now == attrs
}

// entries calls f with each entry until it returns false. It ends at what is no entry.
func (d record) entries(f func(kind byte, name []byte, stamp int64, content []byte) bool) {
	if !d.valid() {
		return
	}
	rest := []byte(d[recordHead:])
	for len(rest) > 0 {
		kind := rest[0]
		name, after, ok := cutBytes(rest[1:])
		if !ok {
			return
		}
		var stamp int64
		if kind == kindWatched {
			if len(after) < 8 {
				return
			}
			stamp = int64(binary.LittleEndian.Uint64(after)) //nolint:gosec // written likewise
			after = after[8:]
		}
		content, after, ok := cutBytes(after)
		if !ok || !f(kind, name, stamp, content) {
			return
		}
		rest = after
	}
}

func cutBytes(data []byte) (head, rest []byte, ok bool) {
	n, size := binary.Uvarint(data)
	if size <= 0 || n > uint64(len(data)-size) {
		return nil, nil, false
	}
	end := size + int(n) //nolint:gosec // no more than len(data)
	return data[size:end:end], data[end:], true
}

// find looks for an entry by prefix and the rest of its name.
func (d record) find(prefix, name string) (kind byte, stamp int64, content []byte, ok bool) {
	d.entries(func(k byte, n []byte, at int64, c []byte) bool {
		if len(n) == len(prefix)+len(name) && string(n[:len(prefix)]) == prefix && string(n[len(prefix):]) == name {
			kind, stamp, content, ok = k, at, c, true
		}
		return !ok
	})
	return kind, stamp, content, ok
}

// phase is the one of the run's names; noPhase where it had none.
func (d record) phase() phase {
	p := noPhase
	d.entries(func(_ byte, n []byte, _ int64, _ []byte) bool {
		if !strings.HasPrefix(string(n), phasePrefix) {
			return true
		}
		p, _ = parsePhase(string(n))
		return false
	})
	return p
}

func newRecord(guild, attrs int64) record {
	d := make(record, recordHead, 1024)
	d[0] = recordVersion
	binary.LittleEndian.PutUint64(d[1:], uint64(guild)) //nolint:gosec // read likewise
	binary.LittleEndian.PutUint64(d[9:], uint64(attrs)) //nolint:gosec // read likewise
	return d
}

func (d record) setStarted(micros int64) {
	binary.LittleEndian.PutUint64(d[17:], uint64(micros)) //nolint:gosec // read likewise
}

func (d record) with(kind byte, name string, stamp int64, content []byte) record {
	d = append(d, kind)
	d = binary.AppendUvarint(d, uint64(len(name)))
	d = append(d, name...)
	if kind == kindWatched {
		d = binary.LittleEndian.AppendUint64(d, uint64(stamp)) //nolint:gosec // read likewise
	}
	d = binary.AppendUvarint(d, uint64(len(content)))
	return append(d, content...)
}
