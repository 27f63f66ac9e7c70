package filter

import (
	"fmt"
	"strconv"
	"strings"

	"guild/runs"
)

// spec is what somebody typed for runs: a range of indexes, an index, the start of an id, `latest`, or `o:` and an operation as
// the filter takes it, for the latest run of that. Indexes count from 1.
type spec struct {
	text   string
	ranged bool
	lo, hi int                   // of a range, inclusive; 0 where left open
	index  int                   // 0 where the text cannot be one
	op     func(*runs.View) bool // nil where no operation is meant
}

// idLen is the length from which a number is taken for an id: that of a short id, of which one in forty is all digits.
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
