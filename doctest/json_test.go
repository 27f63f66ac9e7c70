package doctest

import (
	"strings"
	"testing"
)

func TestWriteJSON(t *testing.T) {
	v, err := decodeJSON(`{"b": [1, 2.5, 1e30, {}, []], "a": {"é": "\"\\\n\t\u0001\ud83d\ude00\u007f/"}, "c": null}`)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	writeJSON(&b, v, "\n")
	want := `{
    "a": {
        "\u00e9": "\"\\\n\t\u0001\ud83d\ude00\u007f/"
    },
    "b": [
        1,
        2.5,
        1e+30,
        {},
        []
    ],
    "c": null
}`
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
}
