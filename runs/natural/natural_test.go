package natural

import (
	"slices"
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	want := strings.Fields("a a1 a2 a2.x a010 a10 a10b a11 a.x b")
	got := slices.Clone(want)
	slices.Sort(got)
	slices.SortStableFunc(got, Compare)
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
