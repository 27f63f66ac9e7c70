package scalars

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"guild/runs"
	"guild/runs/plainfile"
	"guild/runs/process"
)

// filePrefix is the start of the names of a Writer's files.
const filePrefix = "events.out.tfevents."

// Writer writes one event file below .guild. The file appears, complete with its first event, when the first value is flushed. Only
// the owner of the run may use it, from one goroutine.
type Writer struct {
	run    *runs.Run
	suffix string
	buf    []byte
	file   *os.File
}

// NewWriter returns a writer of scalars. It does no I/O.
func NewWriter(r *runs.Run) *Writer { return &Writer{run: r} }

// NewAttrsWriter returns a writer of attributes. It does no I/O.
func NewAttrsWriter(r *runs.Run) *Writer { return &Writer{run: r, suffix: attrsSuffix} }

// NewSystemWriter returns a writer of the scalars sys/..., which have a file of their own. It does no I/O.
func NewSystemWriter(r *runs.Run) *Writer { return &Writer{run: r, suffix: systemSuffix} }

// Scalar adds a scalar, to be written by Flush.
func (w *Writer) Scalar(tag string, v float64, step int64, at time.Time) {
	w.add(summaryEvent(at, step, scalarValue(tag, v)), at)
}

// Text adds an attribute, to be written by Flush.
func (w *Writer) Text(tag, text string, at time.Time) {
	w.add(summaryEvent(at, 0, textValue(tag, strings.ToValidUTF8(text, "\uFFFD"))), at)
}

func (w *Writer) add(event []byte, at time.Time) {
	if w.file == nil && len(w.buf) == 0 {
		w.buf = appendRecord(w.buf, versionEvent(at))
	}
	w.buf = appendRecord(w.buf, event)
}

// Flush writes the values added since the last Flush.
func (w *Writer) Flush() error {
	if len(w.buf) == 0 {
		return nil
	}
	err := w.write(w.buf)
	w.buf = w.buf[:0]
	if err != nil {
		return fmt.Errorf("record scalars: %w", err)
	}
	return nil
}

func (w *Writer) write(data []byte) error {
	if w.file != nil {
		_, err := w.file.Write(data)
		return err
	}
	name := fmt.Sprintf("%s%d.%s.%d%s", filePrefix, time.Now().Unix(), process.Hostname(), os.Getpid(), w.suffix)
	if err := w.run.ReplaceFile(name, data); err != nil {
		return err
	}
	var err error
	w.file, err = plainfile.OpenFile(w.run.GuildPath(name), os.O_WRONLY|os.O_APPEND|unix.O_NOFOLLOW, 0)
	return err
}

// File returns the open file, or nil before the first Flush. Callers use it to send its content to the file server.
func (w *Writer) File() *os.File { return w.file }

// Close flushes and closes the file.
func (w *Writer) Close() error {
	err := w.Flush()
	if w.file != nil {
		err = errors.Join(err, w.file.Close())
	}
	return err
}

// Clear removes the files that Writers created for the run, and those that the operation logged to, before the operation is started again.
// Only the owner of the run may call it.
func Clear(r *runs.Run) error {
	entries, err := os.ReadDir(r.GuildPath())
	if err != nil {
		return fmt.Errorf("remove old scalars: %w", err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), filePrefix) && !isLogged(e.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(r.GuildPath(), e.Name())); err != nil {
			return fmt.Errorf("remove old scalars: %w", err)
		}
	}
	return nil
}
