package attrname

import (
	"slices"
	"testing"
)

// TestReserved: the names are sorted, as IsReserved needs them.
func TestReserved(t *testing.T) {
	if !slices.IsSorted(reserved[:]) {
		t.Error("the names are not sorted")
	}
	for _, name := range append(slices.Clone(reserved[:]), "", "a", "labels", "zebra") {
		if got, want := IsReserved(name), slices.Contains(reserved[:], name); got != want {
			t.Errorf("%q is reserved: %t", name, got)
		}
	}
}
