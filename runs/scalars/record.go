package scalars

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sync"
)

// ErrDamaged is the error of an event file whose content is not what was written. A file that ends within a record is not
// damaged but being written.
var ErrDamaged = errors.New("event file is damaged")

var castagnoli = sync.OnceValue(func() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) })

// maskedCRC is the CRC-32C of data, rotated and moved by a constant, as records have it.
func maskedCRC(data []byte) uint32 {
	crc := crc32.Checksum(data, castagnoli())
	return (crc>>15 | crc<<17) + 0xa282ead8
}

// appendRecord appends a record to dst: the length of data as 8 bytes, the masked CRC of these, data, and its masked CRC. All
// numbers are little-endian.
func appendRecord(dst, data []byte) []byte {
	start := len(dst)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(len(data)))
	dst = binary.LittleEndian.AppendUint32(dst, maskedCRC(dst[start:]))
	dst = append(dst, data...)
	return binary.LittleEndian.AppendUint32(dst, maskedCRC(data))
}

// maxRecord is the largest record that is read: images and the like are records too.
const maxRecord = 1 << 28

// recordReader reads records.
type recordReader struct {
	r   *bufio.Reader
	buf []byte
}

func newRecordReader(r io.Reader) *recordReader {
	return &recordReader{r: bufio.NewReaderSize(r, 64<<10)}
}

// next returns the data of the next record, valid until the next call. It is io.EOF where there is no complete record left.
func (rr *recordReader) next() ([]byte, error) {
	var head [12]byte
	if err := rr.fill(head[:]); err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint32(head[8:]) != maskedCRC(head[:8]) {
		return nil, fmt.Errorf("%w: wrong checksum of a length", ErrDamaged)
	}
	n := binary.LittleEndian.Uint64(head[:8])
	if n > maxRecord {
		return nil, fmt.Errorf("%w: a record of %d bytes", ErrDamaged, n)
	}
	// What is not there is not allocated: the length may be that of a record of which the rest is missing.
	rr.buf = rr.buf[:0]
	for left := int(n) + 4; left > 0; {
		part := min(left, 1<<20)
		start := len(rr.buf)
		rr.buf = append(rr.buf, make([]byte, part)...)
		if err := rr.fill(rr.buf[start:]); err != nil {
			return nil, err
		}
		left -= part
	}
	data, sum := rr.buf[:n], rr.buf[n:]
	if binary.LittleEndian.Uint32(sum) != maskedCRC(data) {
		return nil, fmt.Errorf("%w: wrong checksum of a record", ErrDamaged)
	}
	return data, nil
}

func (rr *recordReader) fill(b []byte) error {
	_, err := io.ReadFull(rr.r, b)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return io.EOF
	}
	return err
}
