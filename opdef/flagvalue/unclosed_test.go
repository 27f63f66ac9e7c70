package flagvalue

import "testing"

func TestUnclosed(t *testing.T) {
	for _, tt := range []struct{ text, what, end string }{
		{"[1,2", "list", "]"},
		{" [1, 2 ", "list", "]"},
		{"[", "list", "]"},
		{"[[1,2],[3", "list", "]]"},
		{"{a: 1", "map", "}"},
		{"{a: [1", "map", "]}"},
		{"['a", "list", "']"},
		{"[it's", "list", "]"},
		{"[1,2]", "", ""},
		{"['[']", "", ""},
		{"[1,2]*3", "", ""},
		{"[INFO] started", "", ""},
		{"range[1", "", ""},
		{"1,2]", "", ""},
		{"", "", ""},
	} {
		if what, end := unclosed(tt.text); what != tt.what || end != tt.end {
			t.Errorf("%q: %q, %q; want %q, %q", tt.text, what, end, tt.what, tt.end)
		}
	}
}
