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

// ErrDamaged is the error for an event file with a wrong checksum or length. A file that ends within a record is not damaged: it is
// still being written.
var ErrDamaged = errors.New("event file is damaged")

var castagnoli = sync.OnceValue(func() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) })

// maskedCRC returns the checksum that TFRecord uses: the CRC-32C of data, rotated, plus a constant.
func maskedCRC(data []byte) uint32 {
	crc := crc32.Checksum(data, castagnoli())
	return (crc>>15 | crc<<17) + 0xa282ead8
}

// appendRecord appends a record to dst: the length of data in 8 bytes, the masked CRC of those, data, and the masked CRC of data.
// All numbers are little-endian.
func appendRecord(dst, data []byte) []byte {
	start := len(dst)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(len(data)))
	dst = binary.LittleEndian.AppendUint32(dst, maskedCRC(dst[start:]))
	dst = append(dst, data...)
	return binary.LittleEndian.AppendUint32(dst, maskedCRC(data))
}

// maxRecord is the size of the largest record that is accepted, in bytes. Images are records too.
const maxRecord = 1 << 28

// recordReader reads the records of an event file.
type recordReader struct {
	r   *bufio.Reader
	buf []byte
}

func newRecordReader(r io.Reader) *recordReader {
	return &recordReader{r: bufio.NewReaderSize(r, 64<<10)}
}

// next returns the data of the next record, which is valid until the next call. The error is io.EOF if no complete record is left.
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
	// Do not allocate n bytes at once: the length may belong to a record of which the rest has not been written yet.
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
