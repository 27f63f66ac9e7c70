package index

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"sync"
)

// errDamaged says that a value is not what was written.
var errDamaged = errors.New("the index is damaged: a checksum is wrong")

// castagnoli returns the table of the checksums' polynomial, for which processors have an instruction. Most commands need none.
var castagnoli = sync.OnceValue(func() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) })

const sealSize = 4

// seal appends the checksum of key and value, little-endian, to a copy of value.
func seal(key, value []byte) []byte {
	sealed := append(make([]byte, 0, len(value)+sealSize), value...)
	return binary.LittleEndian.AppendUint32(sealed, checksum(key, value))
}

// unseal returns the value in sealed. The error is errDamaged.
func unseal(key, sealed []byte) ([]byte, error) {
	n := len(sealed) - sealSize
	if n < 0 || binary.LittleEndian.Uint32(sealed[n:]) != checksum(key, sealed[:n]) {
		return nil, errDamaged
	}
	return sealed[:n:n], nil
}

func checksum(key, value []byte) uint32 {
	return crc32.Update(crc32.Update(0, castagnoli(), key), castagnoli(), value)
}
