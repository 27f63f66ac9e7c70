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
	"guild/runs/plainfile"
)

// recorder copies what an operation prints to .guild/output, with a line's time and stream in .guild/output.index: 8 bytes
// of milliseconds since the epoch, big-endian, and 1 byte of stream (0, for both streams are one, see the package comment).
//
// Where the file takes no more, as on a full disk, the operation and the echo go on. Writing is tried again now and then, and a
// line in the file says how much is missing before what follows it.
type recorder struct {
	run        *runs.Run
	out, index *os.File
	publisher  *publisher // nil on a file system of this host
	echo       *echo      // may be nil
	rules      captureRules
	capture    *capture // nil until there is output, and where nothing is looked for
	open       bool     // the last line has no end yet
	size       int64    // of out
	indexSize  int64
	unindexed  []byte // entries that the index has not taken yet

	err     error     // first failure to write
	missing int64     // bytes that were not recorded, in all
	gap     int64     // of them those after the end of the file
	retry   time.Time // when to write again after a failure
}

// retryRecord is how long a recorder waits until it tries again to write to a file that took no more.
const retryRecord = time.Second

// newRecorder starts the output of a run anew. echoTo may be nil.
func newRecorder(r *runs.Run, rules captureRules, echoTo io.Writer, wholeLines bool) (*recorder, error) {
	out, err := begin(r.GuildPath("output"))
	if err != nil {
		return nil, fmt.Errorf("record output: %w", err)
	}
	index, err := begin(r.GuildPath("output.index"))
	if err != nil {
		out.Close()
		return nil, fmt.Errorf("record output: %w", err)
	}
	if os.Getenv("NO_RUN_OUTPUT") == "1" { // the files are gone when they are closed; until then what is in them is looked at and echoed
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
		rec.echo = startEcho(out, echoTo, wholeLines)
	}
	return rec, nil
}

// begin opens a file that begins anew. What is no file, as a link to somebody's file, is replaced by one.
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

// readFrom records until the end of r.
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
		rec.capture = startCapture(rec.run, rec.out, rec.rules, rec.publisher != nil)
	}
	if rec.capture != nil {
		rec.capture.advance(rec.size)
	}
}

// append writes to the file, and to the index for each line that it ends. It returns how much the file took.
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

// resume tries to go on with a file that took no more, and reports whether that was possible.
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
		_ = rec.out.Truncate(before) // a part of the line says nothing
		rec.size, rec.open = before, open
		return false
	}
	rec.gap = 0
	return true
}

// addIndex adds the entries of lines. What the file does not take is tried again with the next ones.
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

// writeAt is f.WriteAt, which does not say how much was written before an error.
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

func (rec *recorder) note(err error) {
	if rec.err == nil && err != nil {
		rec.err = fmt.Errorf("record output: %w", err)
	}
}

// close ends the record, once all of it was looked at. The error is an IncompleteOutput where something is missing of the
// output, and otherwise what else could not be recorded. The echo goes on until it has caught up, see drain.
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
		rec.note(rec.out.Sync()) // to close it would send it too, but comes after the outcome
	}
	rec.note(rec.index.Close())
	if rec.echo == nil {
		rec.note(rec.out.Close())
	} else {
		rec.echo.finish()
	}
	if loss := runs.LossOf(rec.err); loss != runs.NoLoss {
		return &IncompleteOutput{Loss: loss, Missing: rec.missing, Err: rec.err}
	}
	return rec.err
}

// drain waits until the console has been given everything or has gone.
func (rec *recorder) drain() {
	if rec.echo != nil {
		<-rec.echo.done
		rec.out.Close()
	}
}

// IncompleteOutput is the error of a run whose operation was seen to its end, while not all that it printed could be recorded.
type IncompleteOutput struct {
	Loss    runs.Loss
	Missing int64 // bytes, as far as that is known
	Err     error // the first failure
}

func (e *IncompleteOutput) Error() string {
	if e.Missing == 0 {
		return fmt.Sprintf("the recorded output is incomplete: %v", e.Err)
	}
	return fmt.Sprintf("the recorded output is incomplete, %d bytes are missing: %v", e.Missing, e.Err)
}

func (e *IncompleteOutput) Unwrap() error { return e.Err }

func indexEntries(n int, now time.Time) []byte {
	b := make([]byte, 0, 9*n)
	for range n {
		b = binary.BigEndian.AppendUint64(b, uint64(now.UnixMilli()))
		b = append(b, 0)
	}
	return b
}
