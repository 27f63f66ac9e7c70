package render

import (
	"encoding/json"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Line is a line of a diff.
type Line struct {
	Kind string // "-" removed, "+" added, " " in both, "@" between parts
	Text string
}

// MarshalJSON writes the kind and the text as one string.
func (l Line) MarshalJSON() ([]byte, error) { return Node{Text: l.Kind + l.Text}.MarshalJSON() }

// UnmarshalJSON reads the form that MarshalJSON writes.
func (l *Line) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil || s == "" {
		return err
	}
	l.Kind, l.Text = s[:1], s[1:]
	return nil
}

// Diff returns the differences of two texts with some lines of context; nil if they are equal.
func Diff(a, b []byte) []Line {
	unified := string(diff.Diff("a", a, "b", b))
	if unified == "" {
		return nil
	}
	var list []Line
	for i, line := range strings.Split(strings.TrimSuffix(unified, "\n"), "\n") {
		switch {
		case i < 3 || line == "": // header
		case strings.HasPrefix(line, "@@"):
			list = append(list, Line{"@", line})
		default:
			list = append(list, Line{line[:1], line[1:]})
		}
	}
	return list
}
