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
	flags          opdef.Values // the default rules do not capture values with the names of flags
}

// none reports whether the rules capture nothing.
func (c *captureRules) none() bool { return c.scalars.None && c.attrs.None }

// capture looks for scalars and attributes in the recorded output. It reads the output file at its own speed, so that it never delays the
// operation.
type capture struct {
	*follower
	rules   captureRules
	numbers *output.Matcher // of scalars; nil if there are no rules
	texts   *output.Matcher // of attributes; nil if there are no rules
	steps   output.Steps
	scalars *scalars.Writer
	attrs   *scalars.Writer
	last    map[string]string // latest recorded value of each attribute
	err     error             // first error; other goroutines read it after done is closed

	publisher *publisher // nil if other hosts cannot read the run
}

func startCapture(r *runs.Run, file io.ReaderAt, rules captureRules, p *publisher) *capture {
	c := &capture{follower: newFollower(file), rules: rules, scalars: scalars.NewWriter(r), attrs: scalars.NewAttrsWriter(r),
		last: map[string]string{}, publisher: p}
	go c.run()
	return c
}

// maxCapturedLine is the size of the longest line that is searched, in bytes. Longer ones are skipped.
const maxCapturedLine = 64 << 10

func (c *capture) run() {
	defer close(c.done)
	if err := c.compile(); err != nil {
		c.note(err)
		return
	}
	buf := make([]byte, maxCapturedLine)
	held := 0     // bytes at the start of buf of a line whose end was not read yet
	skip := false // the line is too long, and its remaining bytes are dropped
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
		c.flush()
	}
	if held > 0 && !skip {
		c.line(buf[:held], time.Now())
	}
	c.note(c.scalars.Close())
	c.note(c.attrs.Close())
}

// compile compiles the patterns. It is called when there is output: many operations that print nothing are shorter than it.
func (c *capture) compile() (err error) {
	if c.numbers, err = c.rules.scalars.Scalars(); err != nil {
		return fmt.Errorf("output-scalars: %w", err)
	}
	if c.texts, err = c.rules.attrs.Attrs(); err != nil {
		return fmt.Errorf("output-attrs: %w", err)
	}
	return nil
}

// note keeps the first error.
func (c *capture) note(err error) {
	if c.err == nil {
		c.err = err
	}
}

// flush writes the values found so far to the run.
func (c *capture) flush() {
	c.note(c.scalars.Flush())
	c.note(c.attrs.Flush())
	c.publisher.wrote(c.scalars.File(), c.attrs.File())
}

// line records the scalars and attributes in one line of output.
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
		delete(texts, name) // a scalar is not recorded as an attribute, too
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

// wait returns when all output has been searched, with the first error of recording what was found.
func (c *capture) wait() error {
	<-c.done
	return c.err
}
