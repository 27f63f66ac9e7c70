package doctest

import (
	"runtime"
	"strings"

	"guild/doctest/pystar"
)

const (
	blankLineMark = "<BLANKLINE>"
	exit0         = "<exit 0>\n"
)

var (
	ansiSequence   = pattern(`\x1b\[[;?0-9]*[a-zA-Z]`)
	windowsPath    = pattern(`[c-zC-Z]:\\\\?|\\\\?`)
	markedLine     = pattern(`(?m)^<BLANKLINE>[ \t\r\v\f\x1c-\x1f]*$`)
	whiteSpaceLine = pattern(`(?m)^[ \t\r\v\f\x1c-\x1f]+$`)
)

// Match reports whether the output of an example is the wanted one under its options.
func Match(want, got string, o Options) bool {
	if !o.On(Strict) {
		got = cleanOutput(got, o)
		want = cleanWant(want, o)
	}
	return equal(want, got, o)
}

func cleanOutput(got string, o Options) string {
	if runtime.GOOS == "windows" && o.On(NormalizePaths) {
		got = windowsPath().ReplaceAllString(got, "/")
	}
	if o.On(StripANSIFormat) {
		got = ansiSequence().ReplaceAllString(got, "")
	}
	if o.On(StripExit0) {
		got = stripExit0(got)
	}
	return got
}

func cleanWant(want string, o Options) string {
	if o.On(NormalizePathSep) {
		sep := ":"
		if runtime.GOOS == "windows" {
			sep = ";"
		}
		want = strings.ReplaceAll(want, "::", sep)
	}
	want = leadingWildcard(want)
	if o.On(StripExit0) {
		want = stripExit0(want)
	}
	return want
}

// leadingWildcard makes ??? at the start an ellipsis, which cannot be written there: it would continue the source.
func leadingWildcard(want string) string {
	if rest, ok := strings.CutPrefix(want, "???"); ok {
		return "..." + rest
	}
	return want
}

func stripExit0(s string) string {
	if strings.HasSuffix(s, "\n"+exit0) {
		return strings.TrimSuffix(s, exit0)
	}
	return s
}

// equal compares as Python's doctest does, from the strictest rule to the loosest.
func equal(want, got string, o Options) bool {
	want, got = pystar.EscapeNonASCII(want), pystar.EscapeNonASCII(got)
	if want == got {
		return true
	}
	if !o.On(DontAcceptTrueFor1) && (want == "1\n" && got == "True\n" || want == "0\n" && got == "False\n") {
		return true
	}
	if !o.On(DontAcceptBlankLine) {
		want = markedLine().ReplaceAllString(want, "")
		got = whiteSpaceLine().ReplaceAllString(got, "")
		if want == got {
			return true
		}
	}
	if o.On(NormalizeWhitespace) {
		want, got = squeeze(want), squeeze(got)
		if want == got {
			return true
		}
	}
	return o.On(Ellipsis) && !o.On(Strict) && matchEllipsis(want, got)
}

// squeeze joins the words of s by single spaces. White space is what Python's str.split takes for it in ASCII.
func squeeze(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r >= '\t' && r <= '\r' || r >= 0x1c && r <= 0x1f
	}), " ")
}

// matchEllipsis compares with each ... of want standing for any text.
func matchEllipsis(want, got string) bool {
	pieces := strings.Split(want, "...")
	if len(pieces) == 1 {
		return want == got
	}
	first, middle, last := pieces[0], pieces[1:len(pieces)-1], pieces[len(pieces)-1]
	if len(first)+len(last) > len(got) || !strings.HasPrefix(got, first) || !strings.HasSuffix(got, last) {
		return false
	}
	rest := got[len(first) : len(got)-len(last)]
	for _, piece := range middle {
		i := strings.Index(rest, piece)
		if i < 0 {
			return false
		}
		rest = rest[i+len(piece):]
	}
	return true
}

// matchError compares an error with the expected one. Both end with a newline.
func matchError(want, got string, o Options) bool {
	return Match(want, got, o) || o.On(IgnoreExceptionDetail) && Match(className(want), className(got), o)
}

// className returns the class in the first line of an error, without its module.
func className(msg string) string {
	line, _, _ := strings.Cut(msg, "\n")
	line, _, _ = strings.Cut(line, ":")
	return line[strings.LastIndex(line, ".")+1:]
}
