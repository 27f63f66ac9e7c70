package filter

import (
	"fmt"
	"strconv"
	"strings"

	"guild/runs"
)

// spec is a parsed argument that names runs: a range of indexes, an index, the start of an id, `latest`, or `o:` and an operation
// filter for the latest run that matches. Indexes start at 1.
type spec struct {
	text   string
	ranged bool
	lo, hi int                   // bounds of a range, inclusive; 0 if missing
	index  int                   // 0 if the text is not an index
	op     func(*runs.View) bool // nil unless the text begins with o:
}

// idLen is the number of digits from which a number is an id and not an index. Short ids have this length, and one in forty consists
// of digits only.
const idLen = 8

func parseSpec(text string) (spec, error) {
	s := spec{text: text}
	if name, ok := strings.CutPrefix(text, "o:"); ok {
		if name == "" {
			return s, fmt.Errorf("o: must name an operation, such as o:train")
		}
		var err error
		s.op, err = operations([]string{name})
		return s, err
	}
	if text == "latest" {
		s.index = 1
		return s, nil
	}
	if lo, hi, ok := strings.Cut(text, ":"); ok {
		s.ranged = true
		for _, bound := range []struct {
			text string
			n    *int
		}{{lo, &s.lo}, {hi, &s.hi}} {
			if bound.text == "" {
				continue
			}
			n, err := strconv.Atoi(bound.text)
			if err != nil || n < 1 {
				return s, fmt.Errorf("range %s: write FIRST:LAST with indexes that 'guild runs' shows, such as 1:3", text)
			}
			*bound.n = n
		}
		if s.hi > 0 && s.lo > s.hi {
			return s, fmt.Errorf("range %s runs backwards: write %d:%d", text, s.hi, s.lo)
		}
		return s, nil
	}
	if text == "" {
		return s, fmt.Errorf("a run is named by its index or the start of its id, not by an empty word: 'guild runs' shows both")
	}
	if len(text) < idLen && text[0] != '0' && strings.Trim(text, "0123456789") == "" {
		s.index, _ = strconv.Atoi(text)
	}
	return s, nil
}
