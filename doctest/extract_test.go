package doctest

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []Example
	}{
		{"nothing", "# Title\n\ntext\n", nil},
		{"indented", "text\n\n    >>> 1\n    1\n\ntext\n", []Example{{Line: 3, Source: "1\n", Want: "1\n"}}},
		{"not indented", ">>> 1\n1\n", []Example{{Line: 1, Source: "1\n", Want: "1\n"}}},
		{"no output", "    >>> a\n    >>> b\n    c\n", []Example{{Line: 1, Source: "a\n"}, {Line: 2, Source: "b\n", Want: "c\n"}}},
		{"continued", ">>> if x:\n...     y\n...\n... # z\nout\n", []Example{{Line: 1, Source: "if x:\n    y\n\n# z\n", Want: "out\n"}}},
		{"text behind output belongs to it", "    >>> a\n    b\n      text\n\n    c\n", []Example{{Line: 1, Source: "a\n", Want: "b\n  text\n"}}},
		{"output keeps trailing spaces", "    >>> a\n    b  \n    \n    c\n", []Example{{Line: 1, Source: "a\n", Want: "b  \n"}}},
		{"output with prompt inside", ">>> a\nx >>> b\n", []Example{{Line: 1, Source: "a\n", Want: "x >>> b\n"}}},
		{"output ends the file", ">>> a\nb", []Example{{Line: 1, Source: "a\n", Want: "b\n"}}},
		{"empty source", "    >>>\n    dropped\n\n    >>>   # comment\n    dropped\n\n    >>> a\n", []Example{{Line: 7, Source: "a\n"}}},
		{"comment that continues", ">>> # c\n... a\n", []Example{{Line: 1, Source: "# c\na\n"}}},
		{"fences mean nothing", "```\n>>> a\n```\n", []Example{{Line: 2, Source: "a\n", Want: "```\n"}}},
		{"tabs", "\t>>> a\n\tb\tc\n", []Example{{Line: 1, Source: "a\n", Want: "b       c\n"}}},
		{"carriage returns", "text\r\n    >>> a\r\n    b\r\n", []Example{{Line: 2, Source: "a\n", Want: "b\n"}}},
		{"common indentation", "  text\n\n  >>> a\n  b\n", []Example{{Line: 3, Source: "a\n", Want: "b\n"}}},
		{"prompt in text", "a >>> b\n", nil},
		{"error", ">>> a\nTraceback (most recent call last):\n  stack\n...\nKeyError: 'x'\nmore\n",
			[]Example{{Line: 1, Source: "a\n", Want: "Traceback (most recent call last):\n  stack\n...\nKeyError: 'x'\nmore\n", WantErr: "KeyError: 'x'\nmore\n"}}},
		{"old error", ">>> a\nTraceback (innermost last):\nE\n", []Example{{Line: 1, Source: "a\n", Want: "Traceback (innermost last):\nE\n", WantErr: "E\n"}}},
		{"traceback without message", ">>> a\nTraceback (most recent call last):\n  stack\n",
			[]Example{{Line: 1, Source: "a\n", Want: "Traceback (most recent call last):\n  stack\n"}}},
		{"traceback later", ">>> a\nx\nTraceback (most recent call last):\nE\n",
			[]Example{{Line: 1, Source: "a\n", Want: "x\nTraceback (most recent call last):\nE\n"}}},
		{"options", ">>> f(  # doctest: +STRICT, -ELLIPSIS\n... 1)  #doctest:+SKIP +ELLIPSIS\n",
			[]Example{{Line: 1, Source: "f(  # doctest: +STRICT, -ELLIPSIS\n1)  #doctest:+SKIP +ELLIPSIS\n", Options: Options{Strict: true, Ellipsis: true, Skip: true}}}},
		{"quotes are no options", ">>> 'a # doctest: +NOPE'\n", []Example{{Line: 1, Source: "'a # doctest: +NOPE'\n"}}},
		{"line numbers count front matter", "---\na: 1\n---\n\n>>> a\n", []Example{{Line: 5, Source: "a\n"}}},
		{"front matter is not searched", "---\ndoctest: +FIXME\nx: |\n  >>> a\n---\n>>> b\n", []Example{{Line: 6, Source: "b\n"}}},
		{"bash", "---\ndoctest-type: bash\n---\n    $ echo \\\n    > a\n    a\n    $ b\n\n  $ c\n    $d\n",
			[]Example{{Line: 4, Source: "echo \\\na\n", Want: "a\n"}, {Line: 7, Source: "b\n"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			for i := range tt.want {
				if tt.want[i].Options == nil {
					tt.want[i].Options = Options{}
				}
			}
			if diff := cmp.Diff(tt.want, doc.Examples); diff != "" {
				t.Errorf("examples differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct {
		name, text string
		line       int
		msg        string
	}{
		{"no blank after prompt", "\n>>>a\n", 2, "lacks blank after >>>"},
		{"no blank after continuation", ">>> a\n...b\n", 2, "lacks blank after ..."},
		{"continuation with less indentation", "  >>> a\n ... b\nx\n", 2, "inconsistent leading whitespace"},
		{"continuation with more indentation", ">>> a\n ... b\n", 2, "inconsistent leading whitespace"},
		{"output with less indentation", "  >>> a\n b\nx\n", 2, "inconsistent leading whitespace"},
		{"unknown option", "\n\n>>> a  # doctest: +NOPE\n", 3, `invalid option: "+NOPE"`},
		{"option without sign", ">>> a  # doctest: SKIP\n", 1, `invalid option: "SKIP"`},
		{"option of no example", ">>> # doctest: +SKIP\n", 1, "no example"},
		{"unknown option of file", "---\ndoctest: +NOPE\n---\n", 1, `invalid option: "+NOPE"`},
		{"unknown type", "\n---\ndoctest-type: perl\n---\n", 2, "unsupported doctest type 'perl'"},
		{"not UTF-8", "a\n>>> '\xff'\n", 2, "text is not UTF-8"},
		{"no map", "---\n- a\n---\n", 1, "front matter is not a map"},
		{"no YAML", "---\na: [\n---\n", 1, "front matter is not YAML"},
		{"bash without blank", "---\ndoctest-type: bash\n---\n    $ a\n    >b\n", 5, "lacks blank after >"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(tt.text)
			var pe *ParseError
			if !errors.As(err, &pe) {
				t.Fatalf("got error %v, want a ParseError", err)
			}
			if pe.Line != tt.line || !strings.Contains(pe.Msg, tt.msg) {
				t.Errorf("got line %d, %q; want line %d, %q", pe.Line, pe.Msg, tt.line, tt.msg)
			}
		})
	}
}

func TestFrontMatter(t *testing.T) {
	tests := []struct {
		name, text, kind string
		options          Options
	}{
		{"none", ">>> a\n", "python", Options{}},
		{"options with comment", "---\ndoctest: -PY2_MACOS +FIXME_CI  # why\nother: 1\n---\n", "python", Options{"PY2_MACOS": false, FixMeCI: true}},
		{"blank lines before, spaces behind", "\n \n---  \ndoctest-type: bash\n--- \n", "bash", Options{}},
		{"without end", "---\ndoctest: +SKIP", "python", Options{Skip: true}},
		{"empty", "---\n---\n", "python", Options{}},
		{"no front matter behind text", "text\n---\ndoctest: +SKIP\n---\n", "python", Options{}},
		{"indented with the text", "  ---\n  doctest: +SKIP\n  ---\n  x\n", "python", Options{Skip: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if doc.Kind != tt.kind {
				t.Errorf("got kind %s, want %s", doc.Kind, tt.kind)
			}
			if diff := cmp.Diff(tt.options, doc.Options); diff != "" {
				t.Errorf("options differ (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		">>> a\nb\n", "    >>> a\n    ... b\n    c\n\n", "---\ndoctest: +SKIP\n---\n>>> a", "\t>>> a\n\tb", "  x\n  >>> a # doctest: -STRICT\n",
		"---\ndoctest-type: bash\n---\n    $ a\n    > b\n    c\n", ">>> a\r\nTraceback (most recent call last):\r\nE: b\r\n", ">>>\n", "---",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := Parse(text)
		if err != nil {
			var pe *ParseError
			if !errors.As(err, &pe) || pe.Line < 1 || pe.Line > 1+strings.Count(text, "\n") {
				t.Fatalf("error %v does not name a line of the document", err)
			}
			return
		}
		lines := normalise(text)
		prompt := map[string]string{kindPython: ">>>", kindBash: "$"}[doc.Kind]
		last := 0
		for _, e := range doc.Examples {
			if e.Line <= last || e.Line > len(lines) {
				t.Fatalf("line %d follows line %d of %d", e.Line, last, len(lines))
			}
			last = e.Line
			first, _, _ := strings.Cut(e.Source, "\n")
			if line := strings.TrimLeft(lines[e.Line-1], " "); strings.TrimSuffix(line, " ") != strings.TrimSuffix(prompt+" "+first, " ") {
				t.Fatalf("source starts with %q, line %d is %q", first, e.Line, line)
			}
			if !strings.HasSuffix(e.Source, "\n") || e.Want != "" && !strings.HasSuffix(e.Want, "\n") || !strings.HasSuffix(e.Want, e.WantErr) {
				t.Fatalf("example is not made of lines: %+v", e)
			}
		}
	})
}
