// Package index keeps what listings have read of a runs root in a database of this host, so that the next listing reads only
// what has changed since. The database is derived: it may be deleted at any time, and is never on a disk that hosts share. A
// store without one gives the same answers, only later.
package index

import (
	"bytes"
	"crypto/sha256"
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
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/dirmode"
	"guild/runs/mount"
)

// The buckets, by the version of their form: the starts of a shard of the runs in one value, for listings read all of them; the record of
// each run by its id. Each value is sealed. Scalars that records hold have been read as in version 3 since then.
var (
	startsBucket  = []byte("starts.3")
	recordsBucket = []byte("records.3")
)

// Index is a catalog.Index in a file.
type Index struct{ place func() place }

// place is where the file is, and what is to be known of the root.
type place struct {
	path   string        // empty: there is no place for one
	settle time.Duration // see catalog.Index
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

// existing returns the directory that dir would be made in, if it is not there.
func existing(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// Settle returns the age below which changes are not kept in the index.
func (x *Index) Settle() time.Duration { return x.place().settle }

// read calls f with the database. One that is not there, is being written, or is damaged, is as good as empty; what is damaged
// is removed, and f says so by its error.
func (x *Index) read(f func(*bbolt.Tx) error) error {
	path := x.place().path
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	db, err := bbolt.Open(path, 0, &bbolt.Options{ReadOnly: true, Timeout: noWait})
	if err == nil {
		err = guarded(func() error { return db.View(f) })
		_ = db.Close()
	}
	return drop(path, err)
}

// noWait gives up at once where another process has the lock.
const noWait = time.Nanosecond

// drop removes the database after an error that says that it is damaged, and returns that error.
func drop(path string, err error) error {
	if err == nil || errors.Is(err, berrors.ErrTimeout) || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	_ = os.Remove(path)
	return err
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
func (x *Index) Starts() (known []catalog.Known, root int64) {
	err := x.read(func(tx *bbolt.Tx) error {
		b := tx.Bucket(startsBucket)
		if b == nil {
			return nil
		}
		var shards []string
		size := 0
		listed, err := eachShard(b, func(_ []byte, shard []byte) {
			shards, size = append(shards, string(shard)), size+len(shard)
		})
		known = make([]catalog.Known, 0, size/startSize)
		for _, shard := range shards {
			known = appendKnown(known, shard)
		}
		root = listed
		return err
	})
	if err != nil {
		return nil, 0
	}
	return known, root
}

// Records calls f with one part for each hexadecimal digit with which ids begin, since most ids are random numbers. The database is open
// during the call, so that nobody can write it. Damaged records are left out.
func (x *Index) Records(f func(part iter.Seq2[[]byte, []byte])) {
	_ = x.read(func(tx *bbolt.Tx) error {
		b := tx.Bucket(recordsBucket)
		if b == nil {
			return nil
		}
		const digits = "123456789abcdef"
		var wg sync.WaitGroup
		errs := make([]error, len(digits)+1)
		for i := range errs {
			from, to := digits[max(0, i-1):i], digits[i:min(i+1, len(digits))]
			wg.Go(func() {
				var damaged error
				err := guarded(func() error { f(recordsOf(b, from, to, &damaged)); return nil })
				errs[i] = errors.Join(err, damaged)
			})
		}
		wg.Wait()
		return errors.Join(errs...)
	})
}

// recordsOf returns the records from an id to another, to the end where that is empty. It sets damaged where it has left one out.
func recordsOf(b *bbolt.Bucket, from, to string, damaged *error) iter.Seq2[[]byte, []byte] {
	return func(yield func(id, record []byte) bool) {
		c := b.Cursor()
		for id, d := c.Seek([]byte(from)); id != nil && (to == "" || string(id) < to); id, d = c.Next() {
			record, err := unseal(id, d)
			if err != nil {
				*damaged = err
				continue
			}
			if !yield(id, record) {
				return
			}
		}
	}
}

// RecordsOf calls f with the record of each of the runs that has one.
func (x *Index) RecordsOf(ids []string, f func(string, []byte)) {
	_ = x.read(func(tx *bbolt.Tx) error {
		b := tx.Bucket(recordsBucket)
		if b == nil {
			return nil
		}
		var damaged error
		for _, id := range ids {
			d := b.Get([]byte(id))
			if d == nil {
				continue
			}
			record, err := unseal([]byte(id), d)
			if err != nil {
				damaged = err
				continue
			}
			f(id, bytes.Clone(record))
		}
		return damaged
	})
}

// Update adds changes. Where another process writes, nothing is done: it is as well informed.
func (x *Index) Update(l catalog.Changes) error {
	path := x.place().path
	if path == "" {
		return nil
	}
	if err := dirmode.MakeAll(filepath.Dir(path)); err != nil {
		return fmt.Errorf("write the index: %w", err)
	}
	db, err := bbolt.Open(path, 0o666, &bbolt.Options{Timeout: noWait, NoFreelistSync: true})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil
	}
	if err == nil {
		err = guarded(func() error {
			return db.Update(func(tx *bbolt.Tx) error {
				return errors.Join(removeOthers(tx), updateStarts(tx, l), updateRecords(tx, l))
			})
		})
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		_ = drop(path, err)
		return fmt.Errorf("write the index: %w", err)
	}
	return nil
}

// removeOthers removes the buckets of other versions.
func removeOthers(tx *bbolt.Tx) error {
	var others [][]byte
	err := tx.ForEach(func(name []byte, _ *bbolt.Bucket) error {
		if !bytes.Equal(name, startsBucket) && !bytes.Equal(name, recordsBucket) {
			others = append(others, bytes.Clone(name))
		}
		return nil
	})
	for _, name := range others {
		err = errors.Join(err, tx.DeleteBucket(name))
	}
	return err
}

func updateRecords(tx *bbolt.Tx, l catalog.Changes) error {
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
		if err := b.Put([]byte(id), seal([]byte(id), l.Records[id])); err != nil {
			return err
		}
	}
	return nil
}
