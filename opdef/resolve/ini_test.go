package resolve

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEncodeINI(t *testing.T) {
	got, err := encodeINI(map[string]any{"top": 1, "b": map[string]any{"s": "two\nlines", "n": nil, "yes": true,
		"l": []any{1, 2.5, "a'b", `q"'\`, false, nil, map[string]any{"k": "v"}}}, "DEFAULT": map[string]any{"x": 0.5}})
	want := "[DEFAULT]\ntop = 1\nx = 0.5\n\n[b]\nl = [1, 2.5, \"a'b\", 'q\"\\'\\\\', False, None, {'k': 'v'}]\nn = \ns = two\n\tlines\nyes = True\n\n"
	if d := cmp.Diff(want, string(got)); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
}
