package console_test

import (
	"bytes"
	"testing"

	"guild/runs/console"
)

func TestFormatted(t *testing.T) {
	v := map[string]any{"a": []int{1, 2}, `b:,"\`: "x,y:<z>"}
	for format, want := range map[bool]string{
		false: `{"a": [1, 2], "b:,\"\\": "x,y:<z>"}` + "\n",
		true:  "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b:,\\\"\\\\\": \"x,y:<z>\"\n}\n",
	} {
		var b bytes.Buffer
		if err := (console.Formatted{Format: format}).Write(&console.Console{Out: &b}, v); err != nil {
			t.Fatal(err)
		}
		if b.String() != want {
			t.Errorf("%s, want %s", b.String(), want)
		}
	}
}
