// Package index keeps what listings have read of a runs root in a database of this host, so that the next listing reads only
// what has changed since. The database is derived: it may be deleted at any time, and is never on a disk that hosts share. A
// store without one gives the same answers, only later.
package index

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"guild/runs"
	"guild/runs/mount"
)

// The buckets, by their form: starts of a shard of the runs in one value, for listings read all of them; the record of each run
// by its id.
var (
	startsBucket  = []byte("starts.2")
	recordsBucket = []byte("records.1")
)

// Index is a runs.Index in a file.
type Index struct{ place func() place }

// place is where the file is, and what is to be known of the root.
type place struct {
	path   string        // empty: there is no place for one
	settle time.Duration // see runs.Index
}

const (
	tick = 2 * time.Second  // coarser than that no clock of a local file system is
	skew = 10 * time.Minute // that clocks of hosts differ by
)

// For returns the index of the store, below its own cache, or that of the user where the home is shared with other hosts.
func For(s *runs.Store) *Index {
	return &Index{sync.OnceValue(func() place { return placeFor(s) })} // most commands need none
}

func placeFor(s *runs.Store) place {
	p := place{s.CacheDir("index", "runs.db"), tick}
	if !mount.IsLocal(s.Root()) {
		p.settle = skew
	}
	if !mount.IsLocal(s.Home()) {
		p.path = ""
		if dir, err := os.UserCacheDir(); err == nil && mount.IsLocal(existing(dir)) {
			p.path = filepath.Join(dir, "guild", "index", fmt.Sprintf("%x.db", sha256.Sum256([]byte(s.Root()))))
		}
	}
	return p
}

// existing is the directory that dir would be made in, if it is not there.
func existing(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// Settle is how long what has changed is not kept.
func (x *Index) Settle() time.Duration { return x.place().settle }

// read calls f with the database. One that is not there, is being written, or is damaged, is as good as empty; what is damaged
// is removed.
func (x *Index) read(f func(*bbolt.Tx)) {
	path := x.place().path
	if _, err := os.Stat(path); err != nil {
		return
	}
	db, err := bbolt.Open(path, 0, &bbolt.Options{ReadOnly: true, Timeout: noWait})
	if err == nil {
		err = guarded(func() error {
			return db.View(func(tx *bbolt.Tx) error {
				f(tx)
				return nil
			})
		})
		_ = db.Close()
	}
	drop(path, err)
}

// noWait gives up at once where another process has the lock.
const noWait = time.Nanosecond

// drop removes the database after an error that says that it is damaged.
func drop(path string, err error) {
	if err != nil && !errors.Is(err, berrors.ErrTimeout) && !errors.Is(err, fs.ErrPermission) {
		_ = os.Remove(path)
	}
}

// guarded turns into an error what a damaged database makes of its reader: a panic, also that of a page which the file no
// longer has.
func guarded(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("read the index: %v", r)
		}
	}()
	return f()
}

// Starts returns each name in the root.
func (x *Index) Starts() (known []runs.Known, root int64) {
	var shards []string
	size := 0
	x.read(func(tx *bbolt.Tx) {
		b := tx.Bucket(startsBucket)
		if b == nil {
			return
		}
		_ = b.ForEach(func(key, shard []byte) error {
			if !bytes.Equal(key, listedKey) {
				shards, size = append(shards, string(shard)), size+len(shard)
			}
			return nil
		})
		root = listed(b)
	})
	known = make([]runs.Known, 0, size/startSize)
	for _, shard := range shards {
		known = appendKnown(known, shard)
	}
	return known, root
}

// Records calls f with each part that begins with another hexadecimal digit, as most ids are random numbers. The database is
// open meanwhile, so that nobody writes it.
func (x *Index) Records(f func(part iter.Seq2[[]byte, []byte])) {
	x.read(func(tx *bbolt.Tx) {
		b := tx.Bucket(recordsBucket)
		if b == nil {
			return
		}
		const digits = "123456789abcdef"
		var wg sync.WaitGroup
		var damaged atomic.Pointer[error]
		for i := range len(digits) + 1 {
			from, to := digits[max(0, i-1):i], digits[i:min(i+1, len(digits))]
			wg.Go(func() {
				if err := guarded(func() error { f(recordsOf(b, from, to)); return nil }); err != nil {
					damaged.Store(&err)
				}
			})
		}
		wg.Wait()
		if err := damaged.Load(); err != nil {
			panic(*err)
		}
	})
}

// recordsOf are the records from an id to another, to the end where that is empty.
func recordsOf(b *bbolt.Bucket, from, to string) iter.Seq2[[]byte, []byte] {
	return func(yield func(id, record []byte) bool) {
		c := b.Cursor()
		for id, d := c.Seek([]byte(from)); id != nil && (to == "" || string(id) < to); id, d = c.Next() {
			if !yield(id, d) {
				return
			}
		}
	}
}

// Recall calls f with the record of each of the runs that has one.
func (x *Index) Recall(ids []string, f func(string, []byte)) {
	x.read(func(tx *bbolt.Tx) {
		b := tx.Bucket(recordsBucket)
		if b == nil {
			return
		}
		for _, id := range ids {
			if d := b.Get([]byte(id)); d != nil {
				f(id, append([]byte(nil), d...))
			}
		}
	})
}

// Update adds what was learnt. Where another process writes, nothing is done: it is as well informed.
func (x *Index) Update(l runs.Learnt) error {
	path := x.place().path
	if path == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("write the index: %w", err)
	}
	db, err := bbolt.Open(path, 0o666, &bbolt.Options{Timeout: noWait, NoFreelistSync: true})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil
	}
	if err == nil {
		err = guarded(func() error {
			return db.Update(func(tx *bbolt.Tx) error {
				return errors.Join(updateStarts(tx, l), updateRecords(tx, l))
			})
		})
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		drop(path, err)
		return fmt.Errorf("write the index: %w", err)
	}
	return nil
}

func updateRecords(tx *bbolt.Tx, l runs.Learnt) error {
	b, err := tx.CreateBucketIfNotExists(recordsBucket)
	if err != nil {
		return err
	}
	for _, id := range l.Gone {
		if err := b.Delete([]byte(id)); err != nil {
			return err
		}
	}
	b.FillPercent = 0.9 // most are added in the order of ids, once
	for _, id := range slices.Sorted(maps.Keys(l.Records)) {
		if err := b.Put([]byte(id), l.Records[id]); err != nil {
			return err
		}
	}
	return nil
}

func updateStarts(tx *bbolt.Tx, l runs.Learnt) error {
	b, err := tx.CreateBucketIfNotExists(startsBucket)
	if err != nil {
		return err
	}
	changed := map[string]map[string]runs.Start{} // by shard
	shard := func(id string) map[string]runs.Start {
		key := id[:min(shardKey, len(id))]
		if changed[key] == nil {
			changed[key] = map[string]runs.Start{}
			for _, k := range appendKnown(nil, string(b.Get([]byte(key)))) {
				changed[key][k.ID] = k.Start
			}
		}
		return changed[key]
	}
	for _, id := range l.Gone {
		delete(shard(id), id)
	}
	for id, s := range l.Starts {
		shard(id)[id] = s
	}
	for key, all := range changed {
		var data []byte
		for _, id := range slices.Sorted(maps.Keys(all)) {
			data = appendStart(data, id, all[id])
		}
		if err := b.Put([]byte(key), data); err != nil {
			return err
		}
	}
	// Names that another process has added or removed meanwhile are not in what was learnt.
	switch {
	case l.Listed != 0 && l.Before == listed(b):
		return b.Put(listedKey, binary.LittleEndian.AppendUint64(nil, uint64(l.Listed))) //nolint:gosec // read likewise
	case len(l.Gone) > 0:
		return b.Delete(listedKey)
	}
	return nil
}

// listedKey, longer than that of a shard, has the stamp of the root of which all names are in the bucket.
var listedKey = []byte("listed")

func listed(starts *bbolt.Bucket) int64 {
	if v := starts.Get(listedKey); len(v) == 8 {
		return int64(binary.LittleEndian.Uint64(v)) //nolint:gosec // written likewise
	}
	return 0
}

// shardKey is how many characters ids of a shard have in common: as random numbers, they are spread over 256 values, so that a
// change of one run writes a small part of them.
const shardKey = 2

// startSize is how many bytes the start of a run has that has an id like ours.
const startSize = 1 + 32 + 16

// appendKnown reads a shard: the length of an id in one byte, the id, stamp and start in 8 bytes each, little-endian.
func appendKnown(known []runs.Known, shard string) []runs.Known {
	for at := 0; at < len(shard); {
		id := at + 1
		stamp := id + int(shard[at])
		if at = stamp + 16; at > len(shard) {
			break
		}
		known = append(known, runs.Known{ID: shard[id:stamp], Start: runs.Start{
			Stamp: number(shard[stamp:]), Micros: number(shard[stamp+8:]),
		}})
	}
	return known
}

func number(s string) int64 {
	return int64(binary.LittleEndian.Uint64([]byte(s[:8]))) //nolint:gosec // written likewise
}

func appendStart(data []byte, id string, s runs.Start) []byte {
	if len(id) > 255 { // as long as a file name can be
		return data
	}
	data = append(data, byte(len(id)))
	data = append(data, id...)
	data = binary.LittleEndian.AppendUint64(data, uint64(s.Stamp))  //nolint:gosec // read likewise
	return binary.LittleEndian.AppendUint64(data, uint64(s.Micros)) //nolint:gosec // read likewise
}
