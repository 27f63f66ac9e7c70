package doctest

import (
	"strings"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// bashStep prepares an example of a bash document. cd, export and unset act on the document; all else is run in a shell
// of its own.
func (s *session) bashStep(e Example) step {
	source := strings.TrimSuffix(e.Source, "\n")
	if !e.Options.On(KeepLF) {
		source = strings.ReplaceAll(source, "\n", " ")
	}
	return step{
		example: e,
		matches: matchBash,
		run:     func(*starlark.Thread) error { return s.runBash(source) },
	}
}

func (s *session) runBash(source string) error {
	word, rest, _ := strings.Cut(source, " ")
	rest = strings.TrimSpace(directive().ReplaceAllString(rest, ""))
	switch word {
	case "cd":
		return s.chdir(rest)
	case "export":
		return s.export(rest)
	case "unset":
		delete(s.env, rest)
		return nil
	}
	return s.runPrinting(command{text: source, timeout: defaultTimeout})
}

var exported = pattern(`^(\w+)=`)

// export sets a variable of the document. The shell reads the value, so that quotes and $NAME have their meaning.
func (s *session) export(assignment string) error {
	m := exported().FindStringSubmatch(assignment)
	if m == nil {
		return pystar.Errorf("ValueError", "export needs NAME=VALUE, not %s", pystar.Repr(starlark.String(assignment)))
	}
	text := "export " + assignment + ` && printf %s "$` + m[1] + `"`
	value, code, err := s.exec(command{text: text, timeout: defaultTimeout})
	if err != nil {
		return err
	}
	if code != 0 {
		return runError(starlark.String(shellText(text)), "", code, string(value))
	}
	s.env[m[1]] = string(value)
	return nil
}

// matchBash compares the output of a bash example. A last line <exit 0> need not be in the document.
func matchBash(want, got string, o Options) bool {
	if strings.HasSuffix("\n"+got, "\n"+exit0) && !strings.HasSuffix("\n"+want, "\n"+exit0) {
		got = strings.TrimSuffix(got, exit0)
	}
	return equal(leadingWildcard(want), got, o)
}
