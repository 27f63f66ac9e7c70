package proc

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guild/opdef"
	"guild/runs"
	"guild/runs/scalars"
)

// TestCapture reads a file that grows in pieces of different sizes. Lines are searched as a whole; a line that is too long is skipped, and
// the last line counts without a line end.
func TestCapture(t *testing.T) {
	output := "a: 1\n" + strings.Repeat("x", maxCapturedLine+7) + ": 3\nb: 2\r\nflag: 4\nword: one\nword: one\nword: two\na: 5\n\nlast: 6"
	for _, piece := range []int{1, 3, 4096, len(output)} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, ".guild", "attrs"), 0o777); err != nil {
			t.Fatal(err)
		}
		r := runs.At(dir)
		c := startCapture(r, strings.NewReader(output), captureRules{flags: opdef.Values{"flag": 1}}, nil)
		for n := piece; n < len(output)+piece; n += piece {
			c.advance(int64(min(n, len(output))))
		}
		c.finish()
		if err := c.wait(); err != nil {
			t.Fatal(err)
		}
		list, err := scalars.Read(r)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, s := range list {
			got[s.Key()] = s.Last.String()
		}
		want := map[string]string{"a": "5.000000 (step 1)", "b": "2.000000 (step 0)", "last": "6.000000 (step 1)"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("in pieces of %d: %s", piece, diff)
		}
		attrs, err := scalars.Attrs(r)
		if diff := cmp.Diff(map[string]string{"word": "two"}, attrs); diff != "" || err != nil {
			t.Errorf("in pieces of %d: %s, %v", piece, diff, err)
		}
	}
}

// TestCaptureFails expects an error if scalars cannot be recorded.
func TestCaptureFails(t *testing.T) {
	c := startCapture(runs.At(filepath.Join(t.TempDir(), "missing")), strings.NewReader("a: 1\n"), captureRules{}, &publisher{})
	c.advance(5)
	c.finish()
	if err := c.wait(); err == nil {
		t.Error("a run directory that is missing holds scalars")
	}
}
