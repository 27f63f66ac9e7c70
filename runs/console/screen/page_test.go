package screen

import (
	"strings"
	"testing"
)

// TestStep: each key moves, and other keys do not.
func TestStep(t *testing.T) {
	for key, want := range map[string]int{"up": -1, "k": -1, "down": 1, "j": 1, "pgup": -7, "ctrl+b": -7, "pgdown": 7, "ctrl+f": 7, "space": 7,
		"home": -50, "g": -50, "end": 50, "G": 50, "x": 0, "": 0} {
		if got := Step(key, 7, 50); got != want {
			t.Errorf("%q: %d, want %d", key, got, want)
		}
	}
	if got := Step("pgdown", 0, 50); got != 1 {
		t.Errorf("a page before the first drawing is %d runs", got)
	}
}

// TestPage scrolls through a text of ten lines on a screen of four.
func TestPage(t *testing.T) {
	text := "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\x1b[2J\n"
	for _, tt := range []struct{ keys, want, status string }{
		{"", "0 1 2 3", "line 1 of 10   q back"},
		{"j j k", "1 2 3 4", "line 2 of 10   q back"},
		{"pgdown", "4 5 6 7", "line 5 of 10   q back"},
		{"G", `6 7 8 9\x1b[2J`, "line 7 of 10   q back"},
		{"end pgdown pgup k home", "0 1 2 3", "line 1 of 10   q back"},
	} {
		p := NewPage(text)
		_ = p.Lines(20, 4)
		for key := range strings.FieldsSeq(tt.keys) {
			if p.Press(key) {
				t.Errorf("%s leaves the page", key)
			}
			_ = p.Lines(20, 4)
		}
		if got := strings.Join(p.Lines(20, 4), " "); got != tt.want || p.Status() != tt.status {
			t.Errorf("%s: %q, %q", tt.keys, got, p.Status())
		}
	}
	p := NewPage("one two three\n数数\nend")
	if got := strings.Join(p.Lines(7, 9), "|"); got != "one two|three|数数|end" {
		t.Errorf("wrapped: %q", got)
	}
	if got := strings.Join(p.Lines(3, 9), "|"); got != "one|two|thr|ee|数|数|end" {
		t.Errorf("wrapped anew: %q", got)
	}
	p = NewPage("")
	if got := p.Lines(3, 0); len(got) != 1 || !p.Press("esc") {
		t.Errorf("%q", got)
	}
}
