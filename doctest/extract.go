package doctest

import (
	"fmt"
	"strings"
)

// prompts is a way to write examples in a document.
type prompts struct {
	first, next string // prompts of the first line and of continuations
	indent      int    // of the prompts; -1 for any
}

var (
	pythonPrompts = prompts{first: ">>>", next: "...", indent: -1}
	bashPrompts   = prompts{first: "$", next: ">", indent: 4}
)

// extract returns the examples in the lines of a document.
func (p prompts) extract(lines []string) ([]Example, error) {
	var out []Example
	for i := 0; i < len(lines); {
		indent, ok := p.starts(lines[i])
		if !ok {
			i++
			continue
		}
		source, err := p.source(lines, i, indent)
		if err != nil {
			return nil, err
		}
		want, err := p.want(lines, i+len(source), indent)
		if err != nil {
			return nil, err
		}
		e, ok, err := newExample(i+1, source, want)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, e)
		}
		i += len(source) + len(want)
	}
	return out, nil
}

// starts reports whether an example starts at the line, and at which indentation.
func (p prompts) starts(line string) (indent int, ok bool) {
	indent = indentOf(line)
	if p.indent >= 0 && indent != p.indent {
		return 0, false
	}
	rest, ok := strings.CutPrefix(line[indent:], p.first)
	if p.indent >= 0 { // a prompt of one character is too common to complain about what follows it
		ok = ok && (rest == "" || rest[0] == ' ')
	}
	return indent, ok
}

// source returns the source lines of the example at line i, without prompts.
func (p prompts) source(lines []string, i, indent int) ([]string, error) {
	var out []string
	for j := i; j < len(lines); j++ {
		prompt := p.first
		if j > i {
			prompt = p.next
			own := indentOf(lines[j])
			if !strings.HasPrefix(lines[j][own:], prompt) || p.indent >= 0 && own != indent {
				break
			}
			if own != indent {
				return nil, &ParseError{j + 1, fmt.Sprintf("inconsistent leading whitespace: %q", lines[j])}
			}
		}
		rest := lines[j][indent+len(prompt):]
		if rest != "" && rest[0] != ' ' {
			return nil, &ParseError{j + 1, fmt.Sprintf("lacks blank after %s: %q", prompt, lines[j])}
		}
		out = append(out, strings.TrimPrefix(rest, " "))
	}
	return out, nil
}

// want returns the lines of expected output from line i on, without indentation.
func (p prompts) want(lines []string, i, indent int) ([]string, error) {
	var out []string
	for ; i < len(lines); i++ {
		line := strings.TrimLeft(lines[i], " ")
		_, starts := p.starts(lines[i])
		if line == "" || starts || strings.HasPrefix(line, pythonPrompts.first) {
			break
		}
		if indentOf(lines[i]) < indent {
			return nil, &ParseError{i + 1, fmt.Sprintf("inconsistent leading whitespace: %q", lines[i])}
		}
		out = append(out, lines[i][indent:])
	}
	return out, nil
}

var directive = pattern(`(?m)#\s*doctest:\s*([^\n'"]*)$`)

// newExample builds an example of lines of source and output. ok is false if the source is empty or a comment.
func newExample(line int, source, want []string) (e Example, ok bool, err error) {
	text := strings.Join(source, "\n")
	e = Example{Line: line, Source: text, Options: Options{}}
	for _, m := range directive().FindAllStringSubmatch(text, -1) {
		opts, err := parseOptions(m[1])
		if err != nil {
			return e, false, &ParseError{line, "has " + err.Error()}
		}
		for name, on := range opts {
			e.Options[name] = on
		}
	}
	if code := strings.TrimLeft(strings.TrimSuffix(text, "\n"), " "); code == "" || code[0] == '#' && !strings.Contains(code, "\n") {
		if len(e.Options) > 0 {
			return e, false, &ParseError{line, "has an option directive on a line with no example"}
		}
		return e, false, nil
	}
	if !strings.HasSuffix(text, "\n") {
		e.Source += "\n"
	}
	if len(want) > 0 {
		e.Want = strings.Join(want, "\n") + "\n"
	}
	e.WantErr = expectedError(e.Want)
	return e, true, nil
}

var traceback = pattern(`\ATraceback \((?:most recent call last|innermost last)\):\s*?\n(?s:.*?)(?m:^)([\pL\pN_](?s:.*))`)

// expectedError returns the message of the error that the expected output shows, or an empty text.
func expectedError(want string) string {
	if m := traceback().FindStringSubmatch(want); m != nil {
		return m[1]
	}
	return ""
}
