package metrics

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// Value is a value of one metric.
type Value struct {
	Tag   string
	Step  int64
	Value float64
	Time  time.Time // zero if unknown
}

// Names of the columns that are not metrics, the preferred one first.
var (
	stepNames = []string{"step", "global_step", "_step", "iteration", "iter", "epoch"}
	timeNames = []string{"wall_time", "_timestamp", "timestamp"}
)

// maxLine is the length of the longest line that is read, in bytes. Lines of NUL bytes, which a crash can leave, are longer.
const maxLine = 1 << 20

// Read calls f for each value in the content of the file. whole says that the file is complete: otherwise a last line without a line break
// may be cut within a number, and is not read. Errors are errors of reading, never of the content.
func (file File) Read(r io.Reader, whole bool, f func(Value)) error {
	lines := &lineReader{r: bufio.NewReaderSize(r, 64<<10), whole: whole}
	kind := file.format
	if kind == unknown {
		if kind = table; lines.beginsWith("{[") {
			kind = jsonObjects
		}
	}
	switch kind {
	case jsonObjects:
		return readObjects(lines, f)
	case mlflowLines:
		return readMLflow(lines, file.Tag, f)
	}
	return readTable(lines, file.Tag, f)
}

// lineReader reads the lines of a file.
type lineReader struct {
	r     *bufio.Reader
	whole bool
	buf   []byte
	start bool // a line was read
}

// beginsWith reports whether the first character other than white space is one of those in chars.
func (l *lineReader) beginsWith(chars string) bool {
	head, _ := l.r.Peek(512)
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	return len(head) > 0 && strings.IndexByte(chars, head[0]) >= 0
}

// next returns the next line that is not too long, without its line break. It is valid until the next call. ended is false for a last
// line without a line break. The error is io.EOF after the last line.
func (l *lineReader) next() (line []byte, ended bool, err error) {
	for {
		l.buf = l.buf[:0]
		long := false
		for {
			part, err := l.r.ReadSlice('\n')
			if len(l.buf)+len(part) > maxLine {
				long = true
			} else {
				l.buf = append(l.buf, part...)
			}
			if err == nil {
				break
			}
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			if !errors.Is(err, io.EOF) || long || len(l.buf) == 0 {
				return nil, false, err
			}
			return l.trimmed(), false, nil
		}
		if !long {
			return l.trimmed(), true, nil
		}
	}
}

func (l *lineReader) trimmed() []byte {
	line := bytes.TrimRight(l.buf, "\r\n")
	if !l.start {
		l.start = true
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	return line
}

// number parses a number as Python writes it.
func number(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text, "xXpP_") {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, false
	}
	return v, true
}

// stepOf converts a number to a step. A fraction, such as of an epoch, is rounded down.
func stepOf(v float64) (int64, bool) {
	const most = 1 << 62
	if math.IsNaN(v) || v < -most || v > most {
		return 0, false
	}
	return int64(math.Floor(v)), true
}

// timeOf parses a time: seconds, milliseconds, microseconds or nanoseconds since the epoch, distinguished by their size, or a date.
func timeOf(text string) time.Time {
	if v, ok := number(text); ok {
		const year5000 = 1e11 // in seconds
		for v > year5000 && !math.IsInf(v, 1) {
			v /= 1000
		}
		const year1990 = 631152000
		if math.IsNaN(v) || math.IsInf(v, 0) || v < year1990 { // probably the time since some start
			return time.Time{}
		}
		return time.UnixMicro(int64(math.Round(v * 1e6)))
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999", "2006-01-02 15:04:05.999999"} {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(text), time.Local); err == nil {
			return t
		}
	}
	return time.Time{}
}

// readMLflow reads lines of milliseconds, value and, since MLflow 1.0, step. Later versions can add names of data.
func readMLflow(lines *lineReader, tag string, f func(Value)) error {
	for {
		line, ended, err := lines.next()
		if err != nil {
			return endOf(err)
		}
		words := strings.Fields(string(line))
		if len(words) < 2 || !ended && !lines.whole {
			continue
		}
		v, ok := number(words[1])
		step := float64(0)
		if ok && len(words) > 2 {
			step, ok = number(words[2])
		}
		if at, fits := stepOf(step); ok && fits {
			f(Value{Tag: tag, Step: at, Value: v, Time: timeOf(words[0])})
		}
	}
}

// endOf returns nil for the error at the end of a file.
func endOf(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
