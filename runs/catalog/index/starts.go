package index

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"maps"
	"slices"

	"go.etcd.io/bbolt"

	"guild/runs/catalog"
)

// shardKey is how many characters ids of a shard have in common: as random numbers, they are spread over 256 values, so that a
// change of one run writes a small part of them.
const shardKey = 2

// startSize is how many bytes the start of a run has that has an id like ours.
const startSize = 1 + 32 + 16

// appendKnown reads a shard: the length of an id in one byte, the id, stamp and start in 8 bytes each, little-endian.
func appendKnown(known []catalog.Known, shard string) []catalog.Known {
	for at := 0; at < len(shard); {
		id := at + 1
		stamp := id + int(shard[at])
		if at = stamp + 16; at > len(shard) {
			break
		}
		known = append(known, catalog.Known{ID: shard[id:stamp], Start: catalog.Start{
			Stamp: number(shard[stamp:]), Micros: number(shard[stamp+8:]),
		}})
	}
	return known
}

func number(s string) int64 {
	return int64(binary.LittleEndian.Uint64([]byte(s[:8]))) //nolint:gosec // written likewise
}

func appendStart(data []byte, id string, s catalog.Start) []byte {
	if len(id) > 255 { // as long as a file name can be
		return data
	}
	data = append(data, byte(len(id)))
	data = append(data, id...)
	data = binary.LittleEndian.AppendUint64(data, uint64(s.Stamp))  //nolint:gosec // read likewise
	return binary.LittleEndian.AppendUint64(data, uint64(s.Micros)) //nolint:gosec // read likewise
}

// listedKey, longer than that of a shard, has the stamp of the root of which all names are in the bucket, and a checksum of the shards
// that says whether they are all there.
var listedKey = []byte("listed")

// eachShard calls f with each shard and returns the stamp of the root of which these have all names, 0 if that is not certain. The error
// is errDamaged.
func eachShard(starts *bbolt.Bucket, f func(key, shard []byte)) (listed int64, err error) {
	var sum uint32
	err = starts.ForEach(func(key, sealed []byte) error {
		if bytes.Equal(key, listedKey) {
			return nil
		}
		shard, err := unseal(key, sealed)
		if err == nil {
			f(key, shard)
			sum = crc32.Update(crc32.Update(sum, castagnoli(), key), castagnoli(), sealed[len(shard):])
		}
		return err
	})
	v := starts.Get(listedKey)
	if err != nil || v == nil {
		return 0, err
	}
	v, err = unseal(listedKey, v)
	if err != nil || len(v) != 12 || binary.LittleEndian.Uint32(v[8:]) != sum {
		return 0, errDamaged
	}
	return number(string(v[:8])), nil
}

// setListed says that the bucket has all names of the root as of the stamp.
func setListed(starts *bbolt.Bucket, stamp int64) error {
	if err := starts.Delete(listedKey); err != nil {
		return err
	}
	var sum uint32
	if err := starts.ForEach(func(key, sealed []byte) error {
		sum = crc32.Update(crc32.Update(sum, castagnoli(), key), castagnoli(), sealed[max(0, len(sealed)-sealSize):])
		return nil
	}); err != nil {
		return err
	}
	v := binary.LittleEndian.AppendUint64(nil, uint64(stamp)) //nolint:gosec // read likewise
	return starts.Put(listedKey, seal(listedKey, binary.LittleEndian.AppendUint32(v, sum)))
}

func updateStarts(tx *bbolt.Tx, l catalog.Changes) error {
	b, err := tx.CreateBucketIfNotExists(startsBucket)
	if err != nil {
		return err
	}
	known := map[string][]byte{} // shards by their keys
	listed, err := eachShard(b, func(key, shard []byte) { known[string(key)] = shard })
	if err != nil {
		return err
	}
	changed := map[string]map[string]catalog.Start{} // by shard
	shard := func(id string) map[string]catalog.Start {
		key := id[:min(shardKey, len(id))]
		if changed[key] == nil {
			changed[key] = map[string]catalog.Start{}
			for _, k := range appendKnown(nil, string(known[key])) {
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
		if err := b.Put([]byte(key), seal([]byte(key), data)); err != nil {
			return err
		}
	}
	// changes does not have names that another process has meanwhile added or removed.
	switch {
	case l.Listed != 0 && l.Before == listed:
		return setListed(b, l.Listed)
	case len(l.Gone) > 0 || listed == 0:
		return b.Delete(listedKey)
	}
	return setListed(b, listed)
}
