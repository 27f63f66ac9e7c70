package doctest

import (
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// unifiedDiff returns the differences of two texts as a unified diff, or an empty text. A range of one line is written
// without its length, as Python does.
func unifiedDiff(nameA, nameB, a, b string) string {
	out := string(diff.Diff(nameA, []byte(a), nameB, []byte(b)))
	_, out, _ = strings.Cut(out, "\n") // the first line is a command
	lines := strings.SplitAfter(out, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "@@ ") {
			lines[i] = strings.ReplaceAll(l, ",1 ", " ")
		}
	}
	return strings.Join(lines, "")
}
