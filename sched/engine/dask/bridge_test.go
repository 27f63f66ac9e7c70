package dask

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"testing"

	"guild/proc/joborder"
)

// TestBridgeNames checks that bridge.py reads fields that orders and answers have.
func TestBridgeNames(t *testing.T) {
	for _, tt := range []struct {
		variable string
		value    any
	}{{"order", joborder.Order{}}, {"answer", joborder.Answer{}}} {
		var read []string
		for _, m := range regexp.MustCompile(`\b`+tt.variable+`\["(\w+)"\]`).FindAllStringSubmatch(bridgeSource, -1) {
			read = append(read, m[1])
		}
		slices.Sort(read)
		data, err := json.Marshal(tt.value)
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]any
		if err := json.Unmarshal(data, &fields); err != nil {
			t.Fatal(err)
		}
		if want := slices.Sorted(maps.Keys(fields)); !slices.Equal(slices.Compact(read), want) {
			t.Errorf("bridge.py reads %q of %s, which has %q", read, tt.variable, want)
		}
	}
}
