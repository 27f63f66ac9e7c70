package doctest

import (
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// file is a text file that a document has opened for reading. It was read in full, so there is nothing to close.
type file struct {
	name string
	text string // what has not been read yet
}

func (s *session) open(a arguments) (starlark.Value, error) {
	name, mode := "", "r"
	if err := a.unpack("file", &name, "mode?", &mode); err != nil {
		return nil, err
	}
	if mode != "r" {
		return nil, pystar.Errorf("ValueError", "open() only reads text here: use write() instead of mode '%s'", mode)
	}
	text, err := s.readText(name)
	if err != nil {
		return nil, err
	}
	return &file{name, text}, nil
}

// rest reads all that is left.
func (f *file) rest() string {
	text := f.text
	f.text = ""
	return text
}

// read returns at most n characters; all if n is negative.
func (f *file) read(n int) string {
	if n < 0 {
		return f.rest()
	}
	end := 0
	for ; n > 0 && end < len(f.text); n-- {
		_, size := utf8.DecodeRuneInString(f.text[end:])
		end += size
	}
	out := f.text[:end]
	f.text = f.text[end:]
	return out
}

func (f *file) Freeze() {}
func (f *file) Hash() (uint32, error) {
	return 0, pystar.Errorf("TypeError", "unhashable type: '%s'", f.Type())
}
func (f *file) Truth() starlark.Bool { return true }
func (f *file) Type() string         { return "_io.TextIOWrapper" }
func (f *file) AttrNames() []string  { return []string{"close", "read", "readlines"} }

func (f *file) String() string {
	return "<_io.TextIOWrapper name=" + pystar.Repr(starlark.String(f.name)) + " mode='r' encoding='UTF-8'>"
}

// Enter implements pystar.ContextManager.
func (f *file) Enter() (starlark.Value, error) { return f, nil }

// Exit implements pystar.ContextManager.
func (f *file) Exit() {}

// Attr implements starlark.HasAttrs.
func (f *file) Attr(name string) (starlark.Value, error) {
	switch name {
	case "read":
		return helper(func(a arguments) (starlark.Value, error) {
			n := -1
			if err := a.unpack("size?", &n); err != nil {
				return nil, err
			}
			return starlark.String(f.read(n)), nil
		}).value(name), nil
	case "readlines":
		return helper(func(a arguments) (starlark.Value, error) {
			lines := strings.SplitAfter(f.rest(), "\n")
			if lines[len(lines)-1] == "" {
				lines = lines[:len(lines)-1]
			}
			return listOf(lines), a.unpack()
		}).value(name), nil
	case "close":
		return helper(func(a arguments) (starlark.Value, error) { return starlark.None, a.unpack() }).value(name), nil
	}
	return nil, nil
}
