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
)

// recorder copies what an operation prints to .guild/output, with a line's time and stream in .guild/output.index: 8 bytes
// of milliseconds since the epoch, big-endian, and 1 byte of stream (0, for both streams are one, see the package comment).
type recorder struct {
	run        *runs.Run
	out, index *os.File
	echo       *echo // may be nil
	rules      captureRules
	capture    *capture // nil until there is output, and where nothing is looked for
	open       bool     // the last line has no end yet
	size       int64
	err        error // first failure to write; reading goes on
}

// newRecorder starts the output of a run anew. echoTo may be nil.
func newRecorder(r *runs.Run, rules captureRules, echoTo io.Writer, wholeLines bool) (*recorder, error) {
	out, err := createOwn(r.GuildPath("output"))
	if err != nil {
		return nil, fmt.Errorf("record output: %w", err)
	}
	index, err := createOwn(r.GuildPath("output.index"))
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
	if echoTo != nil {
		rec.echo = startEcho(out, echoTo, wholeLines)
	}
	return rec, nil
}

// createOwn opens a file of guild's own to be written anew. A link or a pipe in its place, which guild does not make, is removed: it
// is not written through.
func createOwn(path string) (*os.File, error) {
	if st, err := os.Lstat(path); err == nil && !st.Mode().IsRegular() {
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC|unix.O_NOFOLLOW, 0o666)
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
	n, err := rec.out.Write(data)
	rec.size += int64(n)
	rec.note(err)
	if lines := bytes.Count(data[:n], []byte("\n")); lines > 0 {
		_, err := rec.index.Write(indexEntries(lines, now))
		rec.note(err)
	}
	rec.open = n > 0 && data[n-1] != '\n'
	if rec.echo != nil {
		rec.echo.advance(rec.size)
	}
	if rec.capture == nil && !rec.rules.none() {
		rec.capture = startCapture(rec.run, rec.out, rec.rules)
	}
	if rec.capture != nil {
		rec.capture.advance(rec.size)
	}
}

func (rec *recorder) note(err error) {
	if rec.err == nil && err != nil {
		rec.err = fmt.Errorf("record output: %w", err)
	}
}

// close ends the record, once all of it was looked at, and returns the first failure. The echo goes on until it has caught up,
// see drain.
func (rec *recorder) close() error {
	if rec.capture != nil {
		rec.capture.finish()
		if err := rec.capture.wait(); rec.err == nil {
			rec.err = err
		}
	}
	if rec.open {
		_, err := rec.index.Write(indexEntries(1, time.Now()))
		rec.note(err)
	}
	rec.note(rec.index.Close())
	if rec.echo == nil {
		rec.note(rec.out.Close())
	} else {
		rec.echo.finish()
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

func indexEntries(n int, now time.Time) []byte {
	b := make([]byte, 0, 9*n)
	for range n {
		b = binary.BigEndian.AppendUint64(b, uint64(now.UnixMilli()))
		b = append(b, 0)
	}
	return b
}

// echo copies a growing file to a console at the console's own speed.
type echo struct {
	*follower
	to    io.Writer
	whole bool // write whole lines only, so that workers that share a console do not tear each other's
}

func startEcho(file io.ReaderAt, to io.Writer, whole bool) *echo {
	e := &echo{follower: newFollower(file), to: to, whole: whole}
	go e.run()
	return e
}

// maxEcho is the most that is written at once: what a pipe takes without mixing it with another writer's, see pipe(7).
const maxEcho = 4096

func (e *echo) run() {
	defer close(e.done)
	buf := make([]byte, maxEcho)
	var pos int64
	waitFor := int64(1) // bytes beyond pos that make it worth another look
	for {
		size, ended := e.await(pos + waitFor)
		if pos == size && ended {
			return
		}
		n, err := e.file.ReadAt(buf[:min(maxEcho, size-pos)], pos)
		if n == 0 || err != nil && !errors.Is(err, io.EOF) {
			return
		}
		chunk := buf[:n]
		if last := ended && pos+int64(n) == size; e.whole && !last {
			if end := bytes.LastIndexByte(chunk, '\n') + 1; end > 0 {
				chunk = chunk[:end]
			} else if n < maxEcho {
				waitFor = int64(n) + 1
				continue
			}
		}
		waitFor = 1
		if _, err := e.to.Write(chunk); err != nil {
			return // the console is gone; the record goes on
		}
		pos += int64(len(chunk))
	}
}
