package doctest

import (
	"fmt"
	"strings"
)

// Option is the name of a doctest option.
type Option string

// Options that change how output is compared and failures are reported.
const (
	Ellipsis               Option = "ELLIPSIS"
	NormalizeWhitespace    Option = "NORMALIZE_WHITESPACE"
	StripANSIFormat        Option = "STRIP_ANSI_FMT"
	StripExit0             Option = "STRIP_EXIT_0"
	NormalizePaths         Option = "NORMALIZE_PATHS"
	NormalizePathSep       Option = "NORMALIZE_PATHSEP"
	Strict                 Option = "STRICT"
	DontAcceptTrueFor1     Option = "DONT_ACCEPT_TRUE_FOR_1"
	DontAcceptBlankLine    Option = "DONT_ACCEPT_BLANKLINE"
	IgnoreExceptionDetail  Option = "IGNORE_EXCEPTION_DETAIL"
	FailFast               Option = "FAIL_FAST"
	ReportUDiff            Option = "REPORT_UDIFF"
	ReportCDiff            Option = "REPORT_CDIFF" // shown as a unified diff, too
	ReportNDiff            Option = "REPORT_NDIFF" // shown as a unified diff, too
	ReportOnlyFirstFailure Option = "REPORT_ONLY_FIRST_FAILURE"
	KeepLF                 Option = "KEEP_LF" // bash documents: keep the line ends of a continued command
)

// Options that decide what is skipped.
const (
	Skip             Option = "SKIP"
	FixMe            Option = "FIXME"
	FixMeCI          Option = "FIXME_CI"
	FixMeWindows     Option = "FIXME_WINDOWS"
	Windows          Option = "WINDOWS"
	WindowsOnly      Option = "WINDOWS_ONLY"
	MacOS            Option = "MACOS"
	R                Option = "R"
	Python3          Option = "PY3"
	TimingCritical   Option = "TIMING_CRITICAL"
	GitLsFilesTarget Option = "GIT_LS_FILES_TARGET"
)

// pythonMinors are the versions of Python 3 that have an option: PY37 is 3.7.
var pythonMinors = map[Option]int{"PY37": 7, "PY38": 8, "PY39": 9, "PY310": 10, "PY311": 11}

// known holds every option and whether it is on when nothing is said.
var known = map[Option]bool{
	Ellipsis: true, NormalizeWhitespace: true, StripANSIFormat: true, StripExit0: true, NormalizePaths: true,
	NormalizePathSep: false, Strict: false, DontAcceptTrueFor1: false, DontAcceptBlankLine: false,
	IgnoreExceptionDetail: false, FailFast: false, ReportUDiff: false, ReportCDiff: false, ReportNDiff: false,
	ReportOnlyFirstFailure: false, KeepLF: false, Skip: false, FixMe: false, FixMeCI: false, FixMeWindows: false,
	Windows: false, WindowsOnly: false, MacOS: false, R: false, Python3: false, TimingCritical: false,
	GitLsFilesTarget: false, "PY37": false, "PY38": false, "PY39": false, "PY310": false, "PY311": false,
	// Older documents name versions of Python that are never the present one.
	"PY2": false, "PY2_MACOS": false, "PY35": false, "PY36": false,
}

// Options are those that a document or an example sets, on or off.
type Options map[Option]bool

// On reports whether an option is on, by its default if it is not set.
func (o Options) On(name Option) bool {
	if on, ok := o[name]; ok {
		return on
	}
	return known[name]
}

// is reports whether an option is set to a value. An option that is not mentioned has none.
func (o Options) is(name Option, on bool) bool {
	value, ok := o[name]
	return ok && value == on
}

// parseOptions reads words such as +NAME and -NAME, separated by blanks or commas.
func parseOptions(list string) (Options, error) {
	opts := Options{}
	for _, word := range strings.Fields(strings.ReplaceAll(list, ",", " ")) {
		name := Option(word[1:])
		if _, ok := known[name]; !ok || word[0] != '+' && word[0] != '-' {
			return nil, fmt.Errorf("an invalid option: %q", word)
		}
		opts[name] = word[0] == '+'
	}
	return opts, nil
}
