package flagvalue

import (
	"strings"

	"guild/opdef/search"
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
			args = append(args, DecodeScalar(text, text))
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

// functionValue is the SearchSpace or the list that a text stands for. A text that only looks like one stays a text.
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

// Map returns the search space with each argument replaced by what f returns for it, where that is a number.
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
