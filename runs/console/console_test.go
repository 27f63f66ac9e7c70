package console

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestConfirm(t *testing.T) {
	tests := []struct {
		in   string
		def  bool
		want bool
	}{
		{"y\n", false, true},
		{"YES\n", false, true},
		{"n\n", true, false},
		{"\n", true, true},
		{"\n", false, false},
		{"", true, false},
		{"what\ny\n", false, true},
		{"y", false, true},
	}
	for _, tt := range tests {
		c := &Console{In: strings.NewReader(tt.in), Out: io.Discard}
		got, err := c.Confirm("Continue?", tt.def)
		if err != nil || got != tt.want {
			t.Errorf("%q with default %v: %v, %v", tt.in, tt.def, got, err)
		}
	}
}

func TestConfirmLeavesTheRest(t *testing.T) {
	in := strings.NewReader("y\nfor the operation")
	c := &Console{In: in, Out: io.Discard}
	if _, err := c.Confirm("Continue?", true); err != nil {
		t.Fatal(err)
	}
	if rest, _ := io.ReadAll(in); string(rest) != "for the operation" {
		t.Errorf("left %q", rest)
	}
}

func TestTable(t *testing.T) {
	var out bytes.Buffer
	c := &Console{Out: &out}
	c.Table([][]string{{"a", "bb", ""}, {"äöü", "b", "x"}, {"only"}})
	want := "a     bb\näöü   b   x\nonly\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
