package flagvalue

import (
	"fmt"
	"strings"

	"guild/runs/console"
)

// CheckClosed refuses the text of a flag's value that begins as a list or a map and does not come to its end, as a shell leaves it
// where brackets are forgotten, or blanks not quoted. It would be taken for a text. The name is that of the flag.
func CheckClosed(name, text string) error {
	what, end := unclosed(text)
	if what == "" {
		return nil
	}
	text = strings.TrimSpace(text)
	return console.WithHint(fmt.Errorf("flag '%s': the %s %s is not closed", name, what, text),
		fmt.Sprintf("Write '%s=%s%s', or '%[1]s=%[4]s' if it is a text.", name, text, end, quoted(text)))
}

// quoted is a text as a YAML string in double quotes.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// unclosed tells what a text begins and does not end, list or map, and what would end it. Both are empty for other texts.
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
	var open []byte // the brackets that would close those that are open
	quote := byte(0)
	for i := range len(t) {
		c := t[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			if strings.IndexByte("[{,: ", t[i-1]) >= 0 { // else it is an apostrophe
				quote = c
			}
		case c == '[':
			open = append(open, ']')
		case c == '{':
			open = append(open, '}')
		case len(open) > 0 && c == open[len(open)-1]:
			if open = open[:len(open)-1]; len(open) == 0 {
				return "", "" // what follows makes a text of it, or an error
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
