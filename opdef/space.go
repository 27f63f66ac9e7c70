package opdef

import (
	"strings"

	"guild/opdef/search"
	"guild/runs/console"
	"guild/runs/pyyaml"
)

// SearchSpace is a flag value that stands for values which an optimizer chooses, as it is typed: [1:10], uniform[0.1:1],
// loguniform[1e-5:0.1].
type SearchSpace string

// Dim is the space itself. Its flag is for messages.
func (s SearchSpace) Dim(flag string) (search.Dim, error) {
	name, texts, _ := splitFunction(string(s))
	args := make([]any, 0, len(texts))
	for _, text := range texts {
		if text != "" || len(texts) > 1 {
			args = append(args, decodePlain(text, text))
		}
	}
	return search.Function(flag, name, args)
}

// ParseSearchSpace tells whether an unquoted value is a search space, or looks like one whose name is wrong.
func ParseSearchSpace(text string) (SearchSpace, bool) {
	text = strings.TrimSpace(text)
	name, args, ok := splitFunction(text)
	if !ok || !search.Known(name) && (len(args) < 2 || isSequence(name)) {
		return "", false
	}
	return SearchSpace(text), true
}

// checkSpace makes the bounds of a search space legal values of the flag.
func (f *Flag) checkSpace(s SearchSpace, dir string) (SearchSpace, error) {
	if _, err := s.Dim(f.Name); err != nil {
		return "", console.WithHint(err, "Search spaces are [LOW:HIGH], uniform[LOW:HIGH] and loguniform[LOW:HIGH]; quote a text that looks "+
			"like one, as in \"'a[1:2]'\".")
	}
	name, args, _ := splitFunction(string(s))
	for i, arg := range args {
		v, err := f.checkNamed(decodePlain(arg, arg), dir)
		if err != nil {
			return "", err
		}
		if _, ok := pyyaml.Number(v); ok {
			args[i] = FormatValue(v)
		}
	}
	return SearchSpace(name + "[" + strings.Join(args, ":") + "]"), nil
}
