package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"guild/runs"
	"guild/runs/plainfile"
	"guild/sched/web/render"
)

// maxChunk is the most bytes of output in one response.
const maxChunk = 64 << 10

// Output is a piece of a run's output. Offsets count bytes of the output on disk; Text is shorter if control sequences were removed.
type Output struct {
	Offset int64         `json:"offset"` // of Text
	Next   int64         `json:"next"`   // the offset to ask for next
	Size   int64         `json:"size"`   // of the output at present
	Text   string        `json:"text"`
	Spans  []render.Span `json:"spans,omitempty"` // styled parts of Text
	Line   int           `json:"line"`            // number of the line at Offset, from 0; -1: unknown
	Times  []int64       `json:"times,omitempty"` // of the lines that end in Text, see lineTimes
	Done   bool          `json:"done"`            // the run has ended and Next is the end of the output
	Reset  bool          `json:"reset,omitempty"` // the output was replaced: earlier pieces belong to an earlier start
}

// latest as an offset means the last piece, from the start of a line.
const latest = -1

// tail reads the output of a run piece by piece.
type tail struct {
	run  *runs.Run
	next int64
	most int64       // most bytes of a piece, at most maxChunk
	file fs.FileInfo // of the last read, to notice that the output was replaced

	terminal render.Terminal
	lines    int   // number of lines that end before counted; -1: unknown
	counted  int64 // offset
}

// read returns the next piece, which may be empty. The error wraps runs.ErrNotFound if the run is gone.
func (t *tail) read() (Output, error) {
	ended := t.run.Status().Ended() // first, so that no later output is missed
	f, err := openInside(t.run.Dir, ".guild/output")
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(t.run.GuildPath()); err != nil {
			return Output{}, fmt.Errorf("run %s: %w", t.run.ShortID(), runs.ErrNotFound)
		}
		out := Output{Done: ended, Reset: t.file != nil}
		t.next, t.file = 0, nil
		return out, nil
	}
	if err != nil {
		return Output{}, fmt.Errorf("output of run %s: %w", t.run.ShortID(), err)
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return Output{}, fmt.Errorf("output of run %s: %w", t.run.ShortID(), err)
	}
	out := Output{Size: st.Size()}
	fromEnd := t.next == latest
	if fromEnd {
		t.next = max(0, out.Size-t.most)
	}
	if t.next > out.Size || t.file != nil && !os.SameFile(t.file, st) {
		t.next, out.Reset = 0, true
		t.lines, t.counted, t.terminal = 0, 0, render.Terminal{}
	}
	t.file = st
	buf := make([]byte, min(t.most, out.Size-t.next))
	n, err := f.ReadAt(buf, t.next)
	if err != nil && !errors.Is(err, io.EOF) {
		return Output{}, fmt.Errorf("output of run %s: %w", t.run.ShortID(), err)
	}
	buf = buf[:n]
	if fromEnd && t.next > 0 {
		skip := lineStart(buf)
		buf = buf[skip:]
		t.next += int64(skip)
	}
	if atEnd := t.next+int64(len(buf)) >= out.Size; !ended || !atEnd {
		buf = buf[:len(buf)-render.Incomplete(buf)]
	}
	if t.counted != t.next {
		t.lines = linesBefore(f, t.next)
	}
	out.Line = t.lines
	ends := bytes.Count(buf, []byte{'\n'})
	out.Times = lineTimes(t.run, t.lines, ends)
	if t.lines >= 0 {
		t.lines += ends
	}
	out.Offset = t.next
	t.next += int64(len(buf))
	out.Next = t.next
	t.counted = t.next
	out.Text, out.Spans = t.terminal.Text(buf)
	out.Done = ended && out.Next >= out.Size
	return out, nil
}

// openInside opens a regular file below dir without blocking. A link that leads out of dir is an error.
func openInside(dir, name string) (*os.File, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	if st, err := root.Lstat(name); strings.HasPrefix(name, ".guild/") && err == nil && st.Mode()&fs.ModeSymlink != 0 {
		return nil, &fs.PathError{Op: "open", Path: name, Err: plainfile.ErrNotRegular} // guild makes no links in .guild
	}
	return plainfile.OpenIn(root, name)
}

// lineStart returns the offset of the first line that begins in the first 4 KiB of b; 0 if none does.
func lineStart(b []byte) int {
	const soon = 4 << 10
	for i, c := range b[:min(len(b), soon)] {
		if c == '\n' {
			return i + 1
		}
	}
	return 0
}
