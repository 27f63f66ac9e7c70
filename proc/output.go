package proc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"guild/runs"
	"guild/runs/phase"
	"guild/runs/plainfile"
)

// recorder writes the output of an operation to .guild/output. For each line, .guild/output.index has 8 bytes with its time in
// milliseconds since the epoch, big-endian, and 1 byte with its stream, which is always 0 since both streams are one (see the
// package comment).
//
// If a write fails, as on a full disk, the operation and the echo go on. The recorder tries to write again from time to time, and then
// first writes a line that says how much output is missing.
type recorder struct {
	run        *runs.Run
	out, index *os.File
	publisher  *publisher // nil on a file system that other hosts cannot see
	echo       *echo      // may be nil
	rules      captureRules
	capture    *capture // nil until there is output, and if the rules capture nothing
	open       bool     // the last line is incomplete
	size       int64    // size of out, in bytes
	indexSize  int64    // size of index, in bytes
	unindexed  []byte   // entries that are still to be written to the index

	err     error     // first error of a write
	missing int64     // number of bytes that were not recorded
	gap     int64     // number of these bytes since the last successful write
	retry   time.Time // when to try again after an error
}

// retryRecord is how long a recorder waits after a failed write until it tries again.
const retryRecord = time.Second

// newRecorder starts to record the output of a run, in empty files. echoTo also receives the output, with a prefix
// before each line unless that is empty; it may be nil.
func newRecorder(r *runs.Run, rules captureRules, echoTo io.Writer, wholeLines bool, prefix string) (*recorder, error) {
	out, err := begin(r.GuildPath("output"))
	if err != nil {
		return nil, fmt.Errorf("record output: %w", err)
	}
	index, err := begin(r.GuildPath("output.index"))
	if err != nil {
		out.Close()
		return nil, fmt.Errorf("record output: %w", err)
	}
	if os.Getenv("NO_RUN_OUTPUT") == "1" { // the open files are still needed for the echo and the capture
		for _, name := range []string{"output", "output.index"} {
			if err := os.Remove(r.GuildPath(name)); err != nil {
				out.Close()
				index.Close()
				return nil, fmt.Errorf("record no output: %w", err)
			}
		}
	}
	rec := &recorder{run: r, out: out, index: index, rules: rules}
	rec.publisher = startPublisher(r.Dir, out, index)
	if echoTo != nil {
		rec.echo = startEcho(out, echoTo, wholeLines, prefix)
	}
	return rec, nil
}

// begin creates an empty file, or empties the one that exists. Anything else at the path, such as a link to another file, is replaced.
func begin(path string) (*os.File, error) {
	const flags = os.O_RDWR | os.O_CREATE | os.O_TRUNC | unix.O_NOFOLLOW
	f, err := plainfile.OpenFile(path, flags, 0o666)
	if errors.Is(err, plainfile.ErrNotRegular) {
		if err = os.Remove(path); err == nil {
			f, err = plainfile.OpenFile(path, flags, 0o666)
		}
	}
	return f, err
}

// readFrom records what it reads from r, until r ends.
func (rec *recorder) readFrom(r io.Reader) {
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			rec.write(buf[:n], time.Now())
		}
		if err != nil {
			return
		}
	}
}

// write records data and passes it to the echo and the capture.
func (rec *recorder) write(data []byte, now time.Time) {
	from := rec.size
	n := 0
	if rec.gap == 0 || rec.resume(now) {
		from = rec.size
		n = rec.append(data, now)
	}
	if rec.echo != nil {
		rec.echo.recorded(from, int64(n))
	}
	if lost := data[n:]; len(lost) > 0 {
		rec.gap += int64(len(lost))
		rec.missing += int64(len(lost))
		if rec.echo != nil {
			rec.echo.lost(lost)
		}
	}
	if rec.capture == nil && !rec.rules.none() {
		rec.capture = startCapture(rec.run, rec.out, rec.rules, rec.publisher)
	}
	if rec.capture != nil {
		rec.capture.advance(rec.size)
	}
}

// append writes data to the output file, and an entry for each end of line to the index. It returns how many bytes were written.
func (rec *recorder) append(data []byte, now time.Time) int {
	n, err := writeAt(rec.out, data, rec.size)
	if err != nil {
		rec.note(err)
		rec.retry = now.Add(retryRecord)
	}
	rec.size += int64(n)
	if n > 0 {
		rec.open = data[n-1] != '\n'
	}
	rec.addIndex(bytes.Count(data[:n], []byte("\n")), now)
	rec.publisher.wrote()
	return n
}

// resume tries to continue the output file after a failed write, and reports whether it could.
func (rec *recorder) resume(now time.Time) bool {
	if now.Before(rec.retry) {
		return false
	}
	text := fmt.Sprintf("[guild: %d bytes of output are missing here]\n", rec.gap)
	if rec.open {
		text = "\n" + text
	}
	before, open := rec.size, rec.open
	if n := rec.append([]byte(text), now); n < len(text) {
		_ = rec.out.Truncate(before) // an incomplete line would be misleading
		rec.size, rec.open = before, open
		return false
	}
	rec.gap = 0
	return true
}

// addIndex writes index entries for lines. Entries that cannot be written are tried again with the next ones.
func (rec *recorder) addIndex(lines int, now time.Time) {
	if lines == 0 && len(rec.unindexed) == 0 {
		return
	}
	rec.unindexed = append(rec.unindexed, indexEntries(lines, now)...)
	n, err := writeAt(rec.index, rec.unindexed, rec.indexSize)
	rec.note(err)
	rec.indexSize += int64(n)
	rec.unindexed = append(rec.unindexed[:0], rec.unindexed[n:]...)
}

// writeAt is like f.WriteAt, but on an error it reports exactly how much was written.
func writeAt(f *os.File, data []byte, at int64) (n int, err error) {
	for n < len(data) {
		m, err := unix.Pwrite(int(f.Fd()), data[n:], at+int64(n))
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return n, &os.PathError{Op: "write", Path: f.Name(), Err: err}
		default:
			n += m
		}
	}
	return n, nil
}

// note keeps the first error.
func (rec *recorder) note(err error) {
	if rec.err == nil && err != nil {
		rec.err = fmt.Errorf("record output: %w", err)
	}
}

// close completes the record and waits for the capture. The error is an IncompleteOutput if output is missing, and otherwise the first
// error of recording anything else. The echo goes on, see drain.
func (rec *recorder) close() error {
	now := time.Now()
	if rec.gap > 0 {
		rec.retry = now
		rec.resume(now)
	}
	if rec.capture != nil {
		rec.capture.advance(rec.size)
		rec.capture.finish()
		if err := rec.capture.wait(); rec.err == nil {
			rec.err = err
		}
	}
	if rec.open {
		rec.addIndex(1, now)
	}
	if rec.publisher != nil {
		rec.publisher.close()
		rec.note(rec.out.Sync()) // before the outcome is recorded; the echo closes the file later
	}
	rec.note(rec.index.Close())
	if rec.echo == nil {
		rec.note(rec.out.Close())
	} else {
		rec.echo.finish()
	}
	if loss := phase.LossOf(rec.err); loss != phase.NoLoss {
		return &IncompleteOutput{Loss: loss, Missing: rec.missing, Err: rec.err}
	}
	return rec.err
}

// drain waits until the console has received all output or is gone.
func (rec *recorder) drain() {
	if rec.echo != nil {
		<-rec.echo.done
		rec.out.Close()
	}
}

// IncompleteOutput is the error of a run whose operation has ended, but whose output could not be recorded completely.
type IncompleteOutput struct {
	Loss    phase.Loss
	Missing int64 // number of missing bytes; zero if unknown
	Err     error // the first error
}

func (e *IncompleteOutput) Error() string {
	if e.Missing == 0 {
		return fmt.Sprintf("the recorded output is incomplete: %v", e.Err)
	}
	return fmt.Sprintf("the recorded output is incomplete, %d bytes are missing: %v", e.Missing, e.Err)
}

func (e *IncompleteOutput) Unwrap() error { return e.Err }

// indexEntries returns n entries of the index for the same time.
func indexEntries(n int, now time.Time) []byte {
	b := make([]byte, 0, 9*n)
	for range n {
		b = binary.BigEndian.AppendUint64(b, uint64(now.UnixMilli()))
		b = append(b, 0)
	}
	return b
}
