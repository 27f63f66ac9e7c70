package doctest

import (
	"errors"
	"strings"
	"testing"
)

func TestParseDocument(t *testing.T) {
	tests := []struct {
		name, text string
		want       document
	}{
		{"none", ">>> a\n", document{"python", "", ">>> a\n"}},
		{"options with comment", "---\ndoctest: -PY2_MACOS +FIXME_CI  # why\nother: 1\n---\nb\n", document{"python", "-PY2_MACOS +FIXME_CI", "-\n-\n-\n-\nb\n"}},
		{"blank lines before, spaces behind", "\n \n---  \ndoctest-type: bash\n\n--- \n", document{"bash", "", "\n \n-\n-\n\n-\n"}},
		{"without end", "---\ndoctest: +SKIP", document{"python", "+SKIP", "-\n-"}},
		{"empty", "---\n---\n", document{"python", "", "-\n-\n"}},
		{"only the first line", "---", document{"python", "", "-"}},
		{"behind text", "text\n---\ndoctest: +SKIP\n---\n", document{"python", "", "text\n---\ndoctest: +SKIP\n---\n"}},
		{"indented with the text", "  ---\n  doctest: +SKIP\n  ---\n  x\n", document{"python", "+SKIP", "  -\n  -\n  -\n  x\n"}},
		{"indented more than the text", "  ---\n  doctest: +SKIP\n  ---\nx\n", document{"python", "", "  ---\n  doctest: +SKIP\n  ---\nx\n"}},
		{"carriage returns", "---\r\ndoctest: +R\r\n---\r\na\r\n", document{"python", "+R", "-\n-\n-\na\n"}},
		{"examples inside", "---\nx: |\n  >>> a\n---\n", document{"python", "", "-\n-\n  -\n-\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseDocument(tt.text)
			if err != nil || got != tt.want {
				t.Errorf("got %+v, error %v; want %+v", got, err, tt.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"\n---\ndoctest-type: perl\n---\n", "line 2: unsupported doctest type 'perl'"},
		{"a\n>>> '\xff'\n", "line 2: text is not UTF-8"},
		{"---\n- a\n---\n", "line 1: front matter is not a map"},
		{"---\na: [\n---\n", "line 1: front matter is not YAML"},
	} {
		if _, err := parseDocument(tt.text); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q: got error %v, want %s", tt.text, err, tt.want)
		}
	}
}

func FuzzParseDocument(f *testing.F) {
	for _, s := range []string{"", "---", "---\ndoctest: +SKIP\n---\n>>> a", "\t---\n\ta: 1\n\t---\n\tb", "---\r\n---\r\n", "---\na: [\n---\n", "\n\n--- \n\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := parseDocument(text)
		var pe *parseError
		switch lines := strings.Count(text, "\n") + 1; {
		case err != nil && (!errors.As(err, &pe) || pe.line < 1 || pe.line > lines):
			t.Fatalf("error %v does not name a line of the document", err)
		case err == nil && strings.Count(doc.Text, "\n")+1 != lines:
			t.Fatalf("%d lines became %q", lines, doc.Text)
		case err == nil && doc.Kind != kindPython && doc.Kind != kindBash:
			t.Fatalf("kind %q", doc.Kind)
		}
	})
}
