package doctest

import (
	"os"
	"strings"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

func (s *session) printHelpers() map[string]helper {
	return map[string]helper{
		"print":        s.printValues,
		"printl":       s.printList,
		"pprint":       s.prettyPrint,
		"cat":          s.cat,
		"cat_json":     s.catJSON,
		"diff":         s.diff,
		"compare_dirs": s.compareDirs,
	}
}

func (s *session) printValues(a arguments) (starlark.Value, error) {
	sep, end := " ", "\n"
	opts := arguments{a.name, nil, a.kwargs}
	if err := opts.unpack("sep?", &sep, "end?", &end); err != nil {
		return nil, err
	}
	texts := make([]string, len(a.args))
	for i, v := range a.args {
		texts[i] = pystar.Str(v)
	}
	s.print(strings.Join(texts, sep), end)
	return starlark.None, nil
}

func (s *session) printList(a arguments) (starlark.Value, error) {
	var list starlark.Iterable
	if err := a.unpack("l", &list); err != nil {
		return nil, err
	}
	iter := list.Iterate()
	defer iter.Done()
	for v := starlark.Value(nil); iter.Next(&v); {
		s.print(pystar.Str(v), "\n")
	}
	return starlark.None, nil
}

func (s *session) prettyPrint(a arguments) (starlark.Value, error) {
	var v starlark.Value
	if err := a.unpack("object", &v); err != nil {
		return nil, err
	}
	s.print(pystar.PPrint(v))
	return starlark.None, nil
}

// readText reads a text file with its line ends as newlines.
func (s *session) readText(name string) (string, error) {
	data, err := os.ReadFile(s.resolve(name))
	if err != nil {
		return "", pythonError(err, name)
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data)), nil
}

func (s *session) readJoined(a arguments) (string, error) {
	parts, err := a.strings(1)
	if err != nil {
		return "", err
	}
	return s.readText(joinPaths(parts...))
}

func (s *session) cat(a arguments) (starlark.Value, error) {
	text, err := s.readJoined(a)
	if err != nil {
		return nil, err
	}
	if text == "" {
		text = "<empty>"
	}
	s.print(text, "\n")
	return starlark.None, nil
}

func (s *session) catJSON(a arguments) (starlark.Value, error) {
	text, err := s.readJoined(a)
	if err != nil {
		return nil, err
	}
	v, err := decodeJSON(text)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	writeJSON(&b, v, "\n")
	s.print(b.String())
	return starlark.None, nil
}
