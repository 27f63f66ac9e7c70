package index

import (
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Condition of an index.
type Condition struct {
	Path    string `json:"path"`    // empty if there is none
	Runs    int    `json:"runs"`    // of which it has a record
	Damaged bool   `json:"damaged"` // it was, and has been removed: listings make it again
}

// Check reads all of the index, as listings read parts of it. The error says that it could not be read, for another process writes it or
// for want of permission.
func (x *Index) Check() (Condition, error) {
	c := Condition{Path: x.place().path}
	if _, err := os.Stat(c.Path); err != nil {
		return Condition{}, nil
	}
	db, err := bbolt.Open(c.Path, 0, &bbolt.Options{ReadOnly: true, Timeout: noWait})
	if errors.Is(err, berrors.ErrTimeout) {
		return c, fmt.Errorf("check the index: %s is in use: try again", c.Path)
	}
	if err == nil {
		err = guarded(func() error {
			return db.View(func(tx *bbolt.Tx) (err error) {
				c.Runs, err = checkAll(tx)
				return err
			})
		})
		_ = db.Close()
	}
	if c.Damaged = drop(c.Path, err) != nil; c.Damaged {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("check the index: %w", err)
	}
	return c, nil
}

// checkAll returns how many records there are, and an error where something is damaged.
func checkAll(tx *bbolt.Tx) (records int, err error) {
	if b := tx.Bucket(startsBucket); b != nil {
		if _, err := eachShard(b, func(_, _ []byte) {}); err != nil {
			return 0, err
		}
	}
	b := tx.Bucket(recordsBucket)
	if b == nil {
		return 0, nil
	}
	err = b.ForEach(func(id, sealed []byte) error {
		records++
		_, err := unseal(id, sealed)
		return err
	})
	return records, err
}
