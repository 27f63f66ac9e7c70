package flagvalue

import (
	"strings"

	"guild/opdef/search"
	"guild/runs/pyyaml"
)

// SearchSpace is a value that an optimizer replaces by values from a space. It is the text that was typed: [1:10], uniform[0.1:1],
// loguniform[1e-5:0.1].
type SearchSpace string

// Dim returns the space. flag is the name of the flag in errors.
func (s SearchSpace) Dim(flag string) (search.Dim, error) {
	name, texts, _ := splitFunction(string(s))
	args := make([]any, 0, len(texts))
	for _, text := range texts {
		if text != "" || len(texts) > 1 {
			args = append(args, DecodeScalar(text, text))
		}
	}
	return search.Function(flag, name, args)
}

// ParseSearchSpace returns a text as a search space if it has the form of one. The name of the function may be wrong; Dim reports
// that.
func ParseSearchSpace(text string) (SearchSpace, bool) {
	text = strings.TrimSpace(text)
	name, args, ok := splitFunction(text)
	if !ok || !search.Known(name) && (len(args) < 2 || isSequence(name)) {
		return "", false
	}
	return SearchSpace(text), true
}

// ParseFunction returns the SearchSpace or list that a text defines. ok is false if the text only looks like one, and so stays a text.
func ParseFunction(text string) (any, bool) {
	name, args, ok := splitFunction(strings.TrimSpace(text))
	if !ok {
		return nil, false
	}
	if isSequence(name) {
		list, err := sequence(text, name, args)
		return list, err == nil
	}
	s := SearchSpace(strings.TrimSpace(text))
	if !search.Known(name) {
		return nil, false
	}
	_, err := s.Dim("")
	return s, err == nil
}

// Map replaces each argument of the search space by the result of f, if that is a number.
func (s SearchSpace) Map(f func(v any) (any, error)) (SearchSpace, error) {
	name, args, _ := splitFunction(string(s))
	for i, arg := range args {
		v, err := f(DecodeScalar(arg, arg))
		if err != nil {
			return "", err
		}
		if _, ok := pyyaml.Number(v); ok {
			args[i] = Format(v)
		}
	}
	return SearchSpace(name + "[" + strings.Join(args, ":") + "]"), nil
}
