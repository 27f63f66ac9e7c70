package metrics

import (
	"encoding/csv"
	"slices"
	"strings"
	"time"
)

// columns describes the columns of a table.
type columns struct {
	names      []string
	step, time int // -1: there is none
}

func newColumns(names []string) columns {
	c := columns{names: make([]string, len(names))}
	for i, name := range names {
		c.names[i] = strings.TrimSpace(name)
	}
	c.step, c.time = firstOf(c.names, stepNames), firstOf(c.names, timeNames)
	return c
}

// firstOf returns where the first of the preferred names is that there is, -1 if there is none.
func firstOf(names, preferred []string) int {
	for _, p := range preferred {
		if i := slices.Index(names, p); i >= 0 {
			return i
		}
	}
	return -1
}

// repeats reports whether cells are those of a header: a program that was started again often writes another one.
func (c columns) repeats(cells []string) bool {
	if c.step >= 0 && c.step < len(cells) {
		return slices.Contains(stepNames, strings.TrimSpace(cells[c.step]))
	}
	return len(cells) > 0 && strings.TrimSpace(cells[0]) == c.names[0] && c.names[0] != ""
}

// readTable reads a table with a header. A tag names the last column, which then is the only metric.
func readTable(lines *lineReader, tag string, f func(Value)) error {
	var c columns
	separator := byte(',')
	for row := int64(0); ; {
		line, ended, err := lines.next()
		if err != nil {
			return endOf(err)
		}
		if len(line) == 0 {
			continue
		}
		if c.names == nil {
			separator = separatorOf(line)
		}
		cells := split(string(line), separator)
		if c.names == nil || c.repeats(cells) {
			c = newColumns(cells)
			continue
		}
		if !ended && (!lines.whole || len(cells) < len(c.names)) {
			continue
		}
		c.row(cells, row, tag, f)
		row++
	}
}

// row calls f for each number in a row.
func (c columns) row(cells []string, step int64, tag string, f func(Value)) {
	if c.step >= 0 {
		if c.step >= len(cells) {
			return
		}
		v, ok := number(cells[c.step])
		if !ok {
			return
		}
		if step, ok = stepOf(v); !ok {
			return
		}
	}
	var at time.Time
	if c.time >= 0 && c.time < len(cells) {
		at = timeOf(cells[c.time])
	}
	for i, name := range c.names[:min(len(c.names), len(cells))] {
		if i == c.step || i == c.time || name == "" || tag != "" && i != len(c.names)-1 {
			continue
		}
		if v, ok := number(cells[i]); ok {
			if tag != "" {
				name = tag
			}
			f(Value{Tag: name, Step: step, Value: v, Time: at})
		}
	}
}

// separatorOf returns the separator of the cells in a header.
func separatorOf(header []byte) byte {
	text := string(header)
	for _, s := range []byte{'\t', ',', ';'} {
		if strings.IndexByte(text, s) >= 0 {
			return s
		}
	}
	return ','
}

// split splits a line into cells. Cells with line breaks are not supported: a quote that is never closed would take the rest of the file.
func split(line string, separator byte) []string {
	if strings.IndexByte(line, '"') < 0 {
		return strings.Split(line, string(separator))
	}
	r := csv.NewReader(strings.NewReader(line))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = rune(separator), true, -1
	r.TrimLeadingSpace = separator != '\t' // tab is white space too
	cells, err := r.Read()
	if err != nil {
		return nil
	}
	return cells
}
