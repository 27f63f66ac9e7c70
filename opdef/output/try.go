package output

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// TryScalars writes which scalars the rules find in each line, to help users write patterns.
func (r Rules) TryScalars(w io.Writer, lines io.Reader) error {
	m, err := r.Scalars()
	if err != nil {
		return err
	}
	return m.try(w, lines, func(text string) (string, bool) {
		v, ok := parseNumber(text)
		return pyFloat(v), ok
	})
}

// TryAttrs is TryScalars for attributes.
func (r Rules) TryAttrs(w io.Writer, lines io.Reader) error {
	m, err := r.Attrs()
	if err != nil {
		return err
	}
	return m.try(w, lines, func(text string) (string, bool) { return text, true })
}

// errNothingToTry is the error for rules that match no line.
var errNothingToTry = errors.New("the operation captures nothing of this kind, so there is nothing to test")

func (m *Matcher) try(w io.Writer, r io.Reader, read func(text string) (string, bool)) error {
	if m == nil {
		return errNothingToTry
	}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read the output to test: %w", err)
		}
		if line == "" {
			return nil
		}
		line = strings.TrimRight(line, " \t\r\n")
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
		for i := range m.patterns {
			if _, err := fmt.Fprintln(w, "  "+m.patterns[i].found(line, read)); err != nil {
				return err
			}
		}
	}
}

// found describes the matches of a pattern in a line: the pattern, the groups of each match, and the resulting values.
func (c *compiledPattern) found(line string, read func(string) (string, bool)) string {
	matches := c.re.FindAllStringSubmatchIndex(line, -1)
	if len(matches) == 0 {
		return pyQuote(c.re.String()) + ": <no matches>"
	}
	vals := map[string]string{}
	var tuples []string
	for _, m := range matches {
		var groups []string
		for i := 1; i <= c.groups; i++ {
			if m[2*i] < 0 {
				groups = append(groups, "None")
			} else {
				groups = append(groups, pyQuote(line[m[2*i]:m[2*i+1]]))
			}
		}
		if len(groups) == 1 {
			groups[0] += ","
		}
		tuples = append(tuples, "("+strings.Join(groups, ", ")+")")
		c.each(line, m, func(key, text string) {
			if v, ok := read(text); ok {
				vals[key] = v
			}
		})
	}
	var assigns []string
	for _, key := range slices.Sorted(maps.Keys(vals)) {
		assigns = append(assigns, key+"="+vals[key])
	}
	return fmt.Sprintf("%s: [%s] (%s)", pyQuote(c.re.String()), strings.Join(tuples, ", "), strings.Join(assigns, ", "))
}

// pyQuote formats a text as Python's repr does.
func pyQuote(s string) string {
	quote := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = `"`
	}
	s = strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\r", `\r`, quote, `\`+quote).Replace(s)
	return quote + s + quote
}

// pyFloat formats a number as Python's repr does.
func pyFloat(v float64) string {
	switch {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, 0):
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'g', -1, 64), "+"))
	case v != 0 && (math.Abs(v) < 1e-4 || math.Abs(v) >= 1e16):
		return strconv.FormatFloat(v, 'e', -1, 64)
	}
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
