package attribute

import (
	"regexp"
	"strings"
	"testing"
)

// TestExamples: the example of a place has each of its attributes as a key of a guild.yml.
func TestExamples(t *testing.T) {
	for _, p := range Places() {
		file := shownIn(p)
		data, err := examples.ReadFile(file)
		if err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		yaml := fileLines(string(data))
		for _, a := range Of(p) {
			key := regexp.MustCompile(`(?m)(^[ -]*|[{,] *)` + regexp.QuoteMeta(a.Name) + `: `)
			open := regexp.MustCompile(`(?m)^[ -]*` + regexp.QuoteMeta(a.Name) + `:$`)
			if !key.MatchString(yaml) && !open.MatchString(yaml) {
				t.Errorf("%s: '%s' is not in %s", p, a.Name, file)
			}
		}
	}
}

// fileLines returns the lines of the files that an example writes.
func fileLines(markdown string) string {
	var b strings.Builder
	for line := range strings.Lines(markdown) {
		if text, ok := strings.CutPrefix(line, "    > "); ok {
			b.WriteString(text)
		}
	}
	return b.String()
}
