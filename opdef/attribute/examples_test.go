package attribute

import (
	"regexp"
	"strings"
	"testing"
)

// notShown are attributes that cannot be in an example that runs: they keep an operation from being run here, are warned of, or need a network.
var notShown = map[Place][]string{
	Operation: {"nb-cells", "pre-process"},
	Source:    {"dvcfile", "dvcstage", "url"},
}

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
			hidden := false
			for _, name := range notShown[p] {
				hidden = hidden || name == a.Name
			}
			key := regexp.MustCompile(`(?m)(^[ -]*|[{,] *)` + regexp.QuoteMeta(a.Name) + `: `)
			open := regexp.MustCompile(`(?m)^[ -]*` + regexp.QuoteMeta(a.Name) + `:$`)
			if has := key.MatchString(yaml) || open.MatchString(yaml); has == hidden {
				t.Errorf("%s: '%s' is in %s: %v", p, a.Name, file, has)
			}
		}
	}
}

// fileLines are the lines of the files that an example writes.
func fileLines(markdown string) string {
	var b strings.Builder
	for line := range strings.Lines(markdown) {
		if text, ok := strings.CutPrefix(line, "    > "); ok {
			b.WriteString(text)
		}
	}
	return b.String()
}
