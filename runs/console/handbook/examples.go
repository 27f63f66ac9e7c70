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

// asTyped shows the examples of a page as somebody types them: without the options of tests and the prompts of continued lines.
func asTyped(text string) string {
	lines := strings.Split(text, "\n")
	var out []string
	for i := 0; i < len(lines); {
		if !startsExample(lines[i]) {
			out = append(out, lines[i])
			i++
			continue
		}
		out = append(out, strings.TrimRight(directive().ReplaceAllString(lines[i], ""), " "))
		for i++; i < len(lines); i++ {
			rest, ok := strings.CutPrefix(lines[i], continued)
			if !ok {
				break
			}
			out = append(out, strings.TrimRight(indent+strings.TrimPrefix(rest, " "), " "))
		}
		for ; i < len(lines) && strings.TrimSpace(lines[i]) != "" && !startsExample(lines[i]); i++ {
			if l, ok := outputLine(lines[i]); ok {
				out = append(out, l)
			}
		}
	}
	return strings.Join(out, "\n")
}

// An example begins with a prompt behind an indent, and goes on in lines with another prompt.
const (
	indent    = "    "
	prompt    = indent + "$"
	continued = indent + ">"
)

var (
	directive = pattern.Lazy(`\s*# doctest:.*$`)
	exitLine  = pattern.Lazy(`^ *<exit (-?\d+)>$`)
)

func startsExample(line string) bool {
	return line == prompt || strings.HasPrefix(line, prompt+" ")
}

// outputLine returns a line of output as it is shown. Of the words for tests only those are shown that a reader needs.
func outputLine(line string) (shown string, ok bool) {
	if m := exitLine().FindStringSubmatch(line); m != nil {
		return indent + "(exit status " + m[1] + ")", m[1] != "0"
	}
	space := line[:len(line)-len(strings.TrimLeft(line, " "))]
	switch body := strings.TrimLeft(line, " "); {
	case body == "<BLANKLINE>":
		return space, true
	case strings.HasPrefix(body, "???"):
		return space + "..." + body[len("???"):], true
	}
	return line, true
}
