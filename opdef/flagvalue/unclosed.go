package flagvalue

import (
	"fmt"
	"strings"

	"guild/runs/console"
)

// CheckClosed returns an error if a text begins as a list or a map and does not end, which happens if brackets are forgotten or spaces
// are not quoted for the shell. Decode would take it for a text. name is the flag in the error.
func CheckClosed(name, text string) error {
	what, end := unclosed(text)
	if what == "" {
		return nil
	}
	text = strings.TrimSpace(text)
	return console.WithHint(fmt.Errorf("flag '%s': the %s %s is not closed", name, what, text),
		fmt.Sprintf("Write '%s=%s%s', or '%[1]s=%[4]s' if it is a text.", name, text, end, quoted(text)))
}

// quoted returns a text as a YAML string in double quotes.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// unclosed returns what the text begins without an end, "list" or "map", and the characters that would end it. Both are empty for
// other texts.
func unclosed(text string) (what, end string) {
	t := strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(t, "["):
		what = "list"
	case strings.HasPrefix(t, "{"):
		what = "map"
	default:
		return "", ""
	}
	var open []byte // closing brackets of the open ones
	quote := byte(0)
	for i := range len(t) {
		c := t[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			if strings.IndexByte("[{,: ", t[i-1]) >= 0 { // otherwise an apostrophe
				quote = c
			}
		case c == '[':
			open = append(open, ']')
		case c == '{':
			open = append(open, '}')
		case len(open) > 0 && c == open[len(open)-1]:
			if open = open[:len(open)-1]; len(open) == 0 {
				return "", "" // Decode handles what follows
			}
		}
	}
	if quote != 0 {
		end = string(quote)
	}
	for i := len(open) - 1; i >= 0; i-- {
		end += string(open[i])
	}
	return what, end
}
