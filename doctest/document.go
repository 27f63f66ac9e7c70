package doctest

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Kinds of document, the values of doctest-type.
const (
	kindPython = "python"
	kindBash   = "bash"
)

// document is a file whose front matter has been read.
type document struct {
	Kind    string // "python" or "bash"
	Options string // options +NAME and -NAME for the whole document
	Text    string // without the front matter, whose lines count still
}

// parseError is a fault of a document that keeps it from being run.
type parseError struct {
	line int // 1-based
	msg  string
}

func (e *parseError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.msg) }

func readDocument(path string) (document, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return document{}, err
	}
	return parseDocument(string(data))
}

// parseDocument reads the front matter of a document. Errors are of type *parseError.
func parseDocument(text string) (document, error) {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, l := range lines {
		if !utf8.ValidString(l) {
			return document{}, &parseError{i + 1, "text is not UTF-8: save the document in that encoding"}
		}
	}
	start, end := findFrontMatter(lines)
	front := struct {
		Options string `yaml:"doctest"`
		Kind    string `yaml:"doctest-type"`
	}{Kind: kindPython}
	if start < end {
		err := yaml.Unmarshal([]byte(strings.Join(lines[start+1:end], "\n")), &front)
		var typeErr *yaml.TypeError
		switch {
		case errors.As(err, &typeErr):
			return document{}, &parseError{start + 1, "front matter is not a map with text options: " + strings.Join(typeErr.Errors, "; ")}
		case err != nil:
			return document{}, &parseError{start + 1, "front matter is not YAML: " + err.Error()}
		case front.Kind != kindPython && front.Kind != kindBash:
			return document{}, &parseError{start + 1, fmt.Sprintf("unsupported doctest type '%s': use python or bash", front.Kind)}
		}
	}
	// Lines of the front matter are no examples. They keep their numbers, and their indentation, which all lines may share.
	for i := start; i <= end && i < len(lines); i++ {
		if indent, rest := cutIndent(lines[i]); rest != "" {
			lines[i] = indent + "-"
		}
	}
	return document{Kind: front.Kind, Options: front.Options, Text: strings.Join(lines, "\n")}, nil
}

// findFrontMatter returns the indexes of the two lines --- around the front matter. Without front matter, start is after end;
// where the second line is missing, end is len(lines).
func findFrontMatter(lines []string) (start, end int) {
	common := commonIndent(lines)
	isMark := func(line string) bool {
		rest, ok := strings.CutPrefix(line, common)
		return ok && strings.TrimRight(rest, " \t\r\v\f") == "---"
	}
	for start < len(lines) && strings.TrimSpace(lines[start]) == "" {
		start++
	}
	if start == len(lines) || !isMark(lines[start]) {
		return 0, -1
	}
	end = start + 1
	for end < len(lines) && !isMark(lines[end]) {
		end++
	}
	return start, end
}

// commonIndent returns the white space that all lines which are not blank start with.
func commonIndent(lines []string) string {
	common, found := "", false
	for _, l := range lines {
		indent, rest := cutIndent(l)
		if rest == "" {
			continue
		}
		if !found || len(indent) < len(common) {
			common, found = indent, true
		}
	}
	return common
}

// cutIndent splits a line behind the white space at its start.
func cutIndent(line string) (indent, rest string) {
	rest = strings.TrimLeft(line, " \t")
	return line[:len(line)-len(rest)], rest
}
