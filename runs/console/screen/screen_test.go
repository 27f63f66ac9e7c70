package screen

import "testing"

func TestFrame(t *testing.T) {
	for height, want := range map[int]string{5: "a\nb\n\n\nstatus", 3: "a\nb\nstatus", 2: "a\nstatus", 1: "status", 0: "status", -1: "status"} {
		if got := Frame([]string{"a", "b"}, "status", height); got != want {
			t.Errorf("height %d: %q, want %q", height, got, want)
		}
	}
}
