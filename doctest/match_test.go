package doctest

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMatch(t *testing.T) {
	tests := []struct {
		name, want, got string
		options         string
		matches         bool
	}{
		{"equal", "a\n", "a\n", "", true},
		{"different", "a\n", "b\n", "", false},
		{"nothing", "", "", "", true},
		{"output where none is wanted", "", "a\n", "", false},

		{"white space", "a  b\nc\n", " a b c", "", true},
		{"white space off", "a  b\n", "a b\n", "-NORMALIZE_WHITESPACE", false},
		{"non-ASCII space is no white space", "a b\n", "a\u00a0b\n", "", false},
		{"file separator is white space", "a b\n", "a\x1cb\n", "", true},

		{"ellipsis", "a ... d\n", "a b c d\n", "", true},
		{"ellipsis over lines", "a...d\n", "a\nb\nd\n", "", true},
		{"ellipsis for nothing", "a...b\n", "ab\n", "", true},
		{"spaces beside ellipsis are literal", "a ... b\n", "a b\n", "", false},
		{"pieces do not overlap", "aa...aa\n", "aaa\n", "", false},
		{"pieces in order", "...b...a...\n", "a b\n", "", false},
		{"ellipsis off", "a...\n", "ab\n", "-ELLIPSIS", false},
		{"only ellipsis", "...\n", "", "", true},

		{"leading wildcard", "???b\n", "a b\n", "", true},
		{"wildcard only at the start", "a???\n", "ab\n", "", false},
		{"leading wildcard needs ellipsis", "???b\n", "ab\n", "-ELLIPSIS", false},

		{"colours", "hi\n", "\x1b[1;31mhi\x1b[0m\x1b[?25h\n", "", true},
		{"colours kept", "hi\n", "\x1b[31mhi\x1b[0m\n", "-STRIP_ANSI_FMT", false},

		{"exit 0 may be left out", "a\n", "a\n<exit 0>\n", "", true},
		{"exit 0 may be there", "a\n<exit 0>\n", "a\n<exit 0>\n", "", true},
		{"exit 0 in want only", "a\n<exit 0>\n", "a\n", "", true},
		{"exit 0 without output is needed", "", "<exit 0>\n", "", false},
		{"exit 0 without output", "<exit 0>\n", "<exit 0>\n", "", true},
		{"other exit codes count", "a\n", "a\n<exit 1>\n", "", false},
		{"exit 0 kept", "a\n", "a\n<exit 0>\n", "-STRIP_EXIT_0", false},

		{"path separator", "a::b\n", "a:b\n", "+NORMALIZE_PATHSEP", true},
		{"path separator off", "a::b\n", "a:b\n", "", false},

		{"blank line", "a\n<BLANKLINE>\nb\n", "a\n\nb\n", "-NORMALIZE_WHITESPACE", true},
		{"blank line with spaces", "a\n<BLANKLINE>  \nb\n", "a\n  \nb\n", "-NORMALIZE_WHITESPACE", true},
		{"blank line not accepted", "a\n<BLANKLINE>\nb\n", "a\n\nb\n", "+DONT_ACCEPT_BLANKLINE", false},
		{"mark is literal, too", "<BLANKLINE>\n", "<BLANKLINE>\n", "", true},

		{"True for 1", "1\n", "True\n", "", true},
		{"False for 0", "0\n", "False\n", "", true},
		{"1 for True", "True\n", "1\n", "", false},
		{"True for 1 not accepted", "1\n", "True\n", "+DONT_ACCEPT_TRUE_FOR_1", false},

		{"strict", "a...\n", "ab\n", "+STRICT", false},
		{"strict keeps white space rule", "a  b\n", "a b\n", "+STRICT", true},
		{"strict keeps colours", "a\n", "\x1b[0ma\n", "+STRICT", false},
		{"strict keeps exit 0", "a\n", "a\n<exit 0>\n", "+STRICT", false},
		{"strict has no wildcard", "???\n", "a\n", "+STRICT", false},
		{"strict beats ellipsis", "a...\n", "ab\n", "+STRICT +ELLIPSIS", false},

		{"beyond ASCII", "é\n", "é\n", "", true},
		{"escapes equal characters", "\\xe9 \\u2028 \\U0001f600\n", "é \u2028 😀\n", "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, err := parseOptions(tt.options)
			if err != nil {
				t.Fatal(err)
			}
			if Match(tt.want, tt.got, o) != tt.matches {
				t.Errorf("Match(%q, %q, %s) is %v", tt.want, tt.got, tt.options, !tt.matches)
			}
		})
	}
}

func TestMatchError(t *testing.T) {
	tests := []struct {
		want, got string
		options   Options
		matches   bool
	}{
		{"KeyError: 'a'\n", "KeyError: 'a'\n", nil, true},
		{"KeyError: ...\n", "KeyError: 'a'\n", nil, true},
		{"KeyError: 'b'\n", "KeyError: 'a'\n", nil, false},
		{"KeyError: 'b'\n", "KeyError: 'a'\n", Options{IgnoreExceptionDetail: true}, true},
		{"m.KeyError\nmore\n", "KeyError: 'a'\n", Options{IgnoreExceptionDetail: true}, true},
		{"ValueError\n", "KeyError: 'a'\n", Options{IgnoreExceptionDetail: true}, false},
	}
	for _, tt := range tests {
		if matchError(tt.want, tt.got, tt.options) != tt.matches {
			t.Errorf("matchError(%q, %q) is %v", tt.want, tt.got, !tt.matches)
		}
	}
}

// FuzzMatch checks that all output matches itself, and itself with any part of it replaced by an ellipsis.
func FuzzMatch(f *testing.F) {
	f.Add("a", "b", "c")
	f.Add("a\n<BLANKLINE>\n", "\n\n", "<exit 0>\n")
	f.Add("???", "...", "é\u2028")
	f.Add("1\n", "", "True\n")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		text := a + b + c
		if strings.Contains(text, "\x1b") {
			return // sequences are removed from output alone
		}
		if !utf8.ValidString(a) || !utf8.ValidString(b) || !utf8.ValidString(c) {
			return // output is made valid before it is compared
		}
		for _, o := range []Options{nil, {Strict: true}, {Ellipsis: false}, {NormalizeWhitespace: false}} {
			if strings.HasPrefix(text, "???") && o != nil {
				continue // it is an ellipsis in want, which needs both rules that are off here
			}
			if !Match(text, text, o) {
				t.Fatalf("%q does not match itself with %v", text, o)
			}
		}
		exact := Options{NormalizeWhitespace: false, StripExit0: false, DontAcceptBlankLine: true}
		if want := a + "..." + c; !strings.HasPrefix(want, "???") && strings.Count(want, "...") == 1 && strings.Count(want, "....") == 0 && !Match(want, text, exact) {
			t.Fatalf("%q does not match %q", want, text)
		}
	})
}
