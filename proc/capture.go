package proc

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"guild/opdef"
	"guild/opdef/output"
	"guild/runs"
	"guild/runs/scalars"
)

// captureRules say what of the output is recorded as scalars and attributes.
type captureRules struct {
	scalars, attrs output.Rules
	flags          opdef.Values // by the default rules these are no results of the run
}

func (c *captureRules) none() bool { return c.scalars.None && c.attrs.None }

// capture looks for scalars and attributes in the output, once it is recorded: looking delays nothing, and what is behind
// waits on the disk.
type capture struct {
	*follower
	rules   captureRules
	numbers *output.Matcher // nil for none
	texts   *output.Matcher // nil for none
	steps   output.Steps
	scalars *scalars.Writer
	attrs   *scalars.Writer
	last    map[string]string // attributes as they were written
	err     error             // the first failure, to be read when done

	shared    bool      // other hosts read the run
	published time.Time // when the values were last sent to the file server
}

func startCapture(r *runs.Run, file io.ReaderAt, rules captureRules, shared bool) *capture {
	c := &capture{follower: newFollower(file), rules: rules, scalars: scalars.NewWriter(r), attrs: scalars.NewAttrsWriter(r),
		last: map[string]string{}, shared: shared}
	go c.run()
	return c
}

// maxCapturedLine is the longest line that is looked at, in bytes.
const maxCapturedLine = 64 << 10

func (c *capture) run() {
	defer close(c.done)
	if err := c.compile(); err != nil {
		c.note(err)
		return
	}
	buf := make([]byte, maxCapturedLine)
	held := 0     // bytes of a line without an end at the start of buf
	skip := false // they are the end of a line that is too long
	var pos int64
	for {
		size, final := c.await(pos + 1)
		if pos >= size && final {
			break
		}
		n, err := c.file.ReadAt(buf[held:min(int64(len(buf)), int64(held)+size-pos)], pos)
		if n == 0 && err != nil {
			c.note(fmt.Errorf("record scalars: %w", err))
			break
		}
		pos += int64(n)
		now := time.Now()
		rest := buf[:held+n]
		for {
			line, after, ok := bytes.Cut(rest, []byte("\n"))
			if !ok {
				break
			}
			if rest = after; !skip {
				c.line(line, now)
			}
			skip = false
		}
		if len(rest) == len(buf) {
			rest, skip = nil, true
		}
		held = copy(buf, rest)
		c.flush(now)
	}
	if held > 0 && !skip {
		c.line(buf[:held], time.Now())
	}
	c.note(c.scalars.Close())
	c.note(c.attrs.Close())
}

// compile reads the patterns: only now, for most operations that print nothing end sooner than that takes.
func (c *capture) compile() (err error) {
	if c.numbers, err = c.rules.scalars.Scalars(); err != nil {
		return fmt.Errorf("output-scalars: %w", err)
	}
	if c.texts, err = c.rules.attrs.Attrs(); err != nil {
		return fmt.Errorf("output-attrs: %w", err)
	}
	return nil
}

func (c *capture) note(err error) {
	if c.err == nil {
		c.err = err
	}
}

// flush writes what was found. For other hosts it is sent to the file server, as output is, see publisher.
func (c *capture) flush(now time.Time) {
	c.note(c.scalars.Flush())
	c.note(c.attrs.Flush())
	if !c.shared || now.Sub(c.published) < publishEvery {
		return
	}
	c.published = now
	for _, w := range []*scalars.Writer{c.scalars, c.attrs} {
		if f := w.File(); f != nil {
			sendWritten(f)
		}
	}
}

func (c *capture) line(data []byte, now time.Time) {
	line := strings.TrimRight(string(data), " \t\r\f\v")
	var numbers map[string]float64
	if c.numbers != nil {
		numbers = c.numbers.Numbers(line)
	}
	var texts map[string]string
	if c.texts != nil {
		texts = c.texts.Texts(line)
	}
	for name := range numbers {
		delete(texts, name) // what is a scalar is no attribute too
	}
	step := c.steps.Take(numbers)
	for _, tag := range slices.Sorted(maps.Keys(numbers)) {
		if _, flag := c.rules.flags[tag]; !flag || !c.rules.scalars.IsDefault() {
			c.scalars.Scalar(tag, numbers[tag], step, now)
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(texts)) {
		if _, flag := c.rules.flags[tag]; flag && c.rules.attrs.IsDefault() {
			continue
		}
		if old, ok := c.last[tag]; !ok || old != texts[tag] {
			c.attrs.Text(tag, texts[tag], now)
			c.last[tag] = texts[tag]
		}
	}
}

// wait returns when all output was looked at, with the first failure to record what was found.
func (c *capture) wait() error {
	<-c.done
	return c.err
}
