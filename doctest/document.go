package doctest

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"gopkg.in/yaml.v3"
)

// Kinds of document, the values of doctest-type.
const (
	kindPython = "python"
	kindBash   = "bash"
)

// Document is a parsed file.
type Document struct {
	Kind     string // "python" or "bash"
	Options  Options
	Examples []Example
}

// Example is one piece of source with the output it should have.
type Example struct {
	Line    int    // 1-based line of the prompt in the file
	Source  string // ends with a newline
	Want    string // empty, or ends with a newline
	WantErr string // message of the expected error, ends with a newline; empty if none is expected
	Options Options
}

// ParseError is a fault of a document that keeps it from being run.
type ParseError struct {
	Line int // 1-based
	Msg  string
}

func (e *ParseError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// ParseFile reads and parses a document.
func ParseFile(path string) (*Document, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(string(data))
}

// Parse parses the text of a document. Errors are *ParseError.
func Parse(text string) (*Document, error) {
	if valid := strings.ToValidUTF8(text, ""); valid != text {
		return nil, &ParseError{Line: 1 + strings.Count(text[:commonPrefix(text, valid)], "\n"), Msg: "text is not UTF-8"}
	}
	lines := normalise(text)
	front, size, err := splitFrontMatter(lines)
	if err != nil {
		return nil, err
	}
	doc := &Document{Kind: front.Kind}
	if doc.Options, err = parseOptions(front.Options); err != nil {
		return nil, &ParseError{Line: 1, Msg: "front matter has " + err.Error()}
	}
	// Lines of the front matter are no examples but keep their numbers.
	for i := range size {
		lines[i] = ""
	}
	p := pythonPrompts
	if doc.Kind == kindBash {
		p = bashPrompts
	}
	doc.Examples, err = p.extract(lines)
	return doc, err
}

// commonPrefix returns the number of bytes that two texts start with in common.
func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// normalise splits text into lines without line ends, expands tabs and removes the indentation that all lines share.
func normalise(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	lines := strings.Split(text, "\n")
	common := -1
	for i, l := range lines {
		l = expandTabs(l)
		lines[i] = l
		if indent := indentOf(l); strings.TrimSpace(l) != "" && (common < 0 || indent < common) {
			common = indent
		}
	}
	for i, l := range lines {
		lines[i] = l[min(max(common, 0), len(l)):]
	}
	return lines
}

// indentOf returns the number of spaces at the start of a line.
func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func expandTabs(line string) string {
	if !strings.Contains(line, "\t") {
		return line
	}
	var b strings.Builder
	column := 0
	for _, r := range line {
		switch r {
		case '\t':
			n := 8 - column%8
			b.WriteString(strings.Repeat(" ", n))
			column += n
		case '\r':
			b.WriteRune(r)
			column = 0
		default:
			b.WriteRune(r)
			column++
		}
	}
	return b.String()
}

type frontMatter struct {
	Options string `yaml:"doctest"`
	Kind    string `yaml:"doctest-type"`
}

// splitFrontMatter decodes the front matter and returns the number of lines that it takes, 0 if there is none.
func splitFrontMatter(lines []string) (front frontMatter, size int, err error) {
	front.Kind = kindPython
	start := 0
	for start < len(lines) && strings.TrimSpace(lines[start]) == "" {
		start++
	}
	isMark := func(i int) bool { return strings.TrimRight(lines[i], " \t\r\n\v\f") == "---" }
	if start == len(lines) || !isMark(start) {
		return front, 0, nil
	}
	end := start + 1
	for end < len(lines) && !isMark(end) {
		end++
	}
	fault := &ParseError{Line: start + 1}
	err = yaml.Unmarshal([]byte(strings.Join(lines[start+1:end], "\n")), &front)
	var typeErr *yaml.TypeError
	switch {
	case errors.As(err, &typeErr):
		fault.Msg = "front matter is not a map with text options: " + strings.Join(typeErr.Errors, "; ")
		return front, 0, fault
	case err != nil:
		fault.Msg = "front matter is not YAML: " + err.Error()
		return front, 0, fault
	case front.Kind != kindPython && front.Kind != kindBash:
		fault.Msg = fmt.Sprintf("unsupported doctest type '%s'", front.Kind)
		return front, 0, fault
	}
	return front, min(end+1, len(lines)), nil
}
