package handbook

import (
	"strings"

	"guild/runs/pattern"
)

// withoutFrontMatter removes the lines for the runner of documents from the top of a page.
func withoutFrontMatter(text string) string {
	rest, ok := strings.CutPrefix(text, "---\n")
	if !ok {
		return text
	}
	if _, after, ok := strings.Cut(rest, "\n---\n"); ok {
		return after
	}
	return text
}

// asTyped shows the examples of a page as a user types them: without the language and the options of tests. It leaves unknown parts as they
// are.
func asTyped(text string) string {
	lines := strings.Split(text, "\n")
	var out []string
	for i := 0; i < len(lines); {
		indent, prompt, ok := exampleAt(lines[i])
		if !ok {
			out = append(out, lines[i])
			i++
			continue
		}
		source := []string{strings.TrimPrefix(lines[i][len(indent)+len(prompt):], " ")}
		more := map[string]string{">>>": "...", "$": ">"}[prompt]
		for i++; i < len(lines); i++ {
			rest, ok := strings.CutPrefix(lines[i], indent+more)
			if !ok {
				break
			}
			source = append(source, strings.TrimPrefix(rest, " "))
		}
		shown := source
		if prompt == ">>>" {
			shown = fromPython(source)
		} else {
			shown[0] = "$ " + directive().ReplaceAllString(source[0], "")
		}
		for _, l := range shown {
			out = append(out, strings.TrimRight(indent+l, " "))
		}
		for ; i < len(lines) && strings.TrimSpace(lines[i]) != "" && !startsExample(lines[i]); i++ {
			if l, ok := outputLine(lines[i]); ok {
				out = append(out, l)
			}
		}
	}
	return strings.Join(out, "\n")
}

var (
	exampleLine = pattern.Lazy(`^( +)(>>>|\$)(?: |$)`)
	directive   = pattern.Lazy(`\s*# doctest:.*$`)
	exitLine    = pattern.Lazy(`^ *<exit (-?\d+)>$`)
)

func exampleAt(line string) (indent, prompt string, ok bool) {
	m := exampleLine().FindStringSubmatch(line)
	if m == nil || m[2] == "$" && m[1] != "    " {
		return "", "", false
	}
	return m[1], m[2], true
}

func startsExample(line string) bool {
	_, _, ok := exampleAt(line)
	return ok
}

// outputLine returns a line of output as it is shown. Of the words for tests only those are shown that a reader needs.
func outputLine(line string) (shown string, ok bool) {
	if m := exitLine().FindStringSubmatch(line); m != nil {
		return strings.Replace(line, m[0], m[0][:len(m[0])-len(strings.TrimLeft(m[0], " "))]+"(exit status "+m[1]+")", 1), m[1] != "0"
	}
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	switch body := strings.TrimLeft(line, " "); {
	case body == "<BLANKLINE>":
		return indent, true
	case strings.HasPrefix(body, "???"):
		return indent + "..." + body[len("???"):], true
	}
	return line, true
}

var (
	pythonRun   = pattern.Lazy(`(?s)^(?:\w+ = )?(?:run|quiet|run_capture)\((?:"""(.*?)"""|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')(?:, (?:ignore|timeout|cut|env)=.*)?\)$`)
	pythonCd    = pattern.Lazy(`^cd\(example\("(.*)"\)\)$`)
	pythonTemp  = pattern.Lazy(`^cd\(mkdtemp\(\)\)$`)
	pythonWrite = pattern.Lazy(`(?s)^write\("([^"]+)", """\n?(.*?)"""\)$`)
	pythonCat   = pattern.Lazy(`^cat\("([^"]+)"\)$`)
)

// fromPython converts a statement of a document to what a user types in a shell, if the statement calls one of the usual helpers.
func fromPython(source []string) []string {
	text := strings.Join(source, "\n")
	if m := pythonRun().FindStringSubmatch(text); m != nil {
		return strings.Split("$ "+m[1]+unquoted(m[2]+m[3]), "\n")
	}
	if m := pythonCd().FindStringSubmatch(text); m != nil {
		return []string{"$ cd " + m[1]}
	}
	if pythonTemp().MatchString(text) {
		return []string{`$ cd "$(mktemp -d)"`}
	}
	if m := pythonWrite().FindStringSubmatch(text); m != nil {
		return append([]string{"$ cat " + m[1]}, strings.Split(strings.TrimSuffix(m[2], "\n"), "\n")...)
	}
	if m := pythonCat().FindStringSubmatch(text); m != nil {
		return []string{"$ cat " + m[1]}
	}
	shown := []string{">>> " + source[0]}
	for _, l := range source[1:] {
		shown = append(shown, "... "+l)
	}
	return shown
}

// unquoted takes the backslashes from quotes and backslashes of a Python string.
func unquoted(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\'`, `'`).Replace(s)
}
