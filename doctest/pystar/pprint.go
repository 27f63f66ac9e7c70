package pystar

import (
	"sort"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// pprintWidth is the line width that Python's pprint keeps to.
const pprintWidth = 80

// maxLevel bounds the nesting that is spread over lines, as a list can hold itself.
const maxLevel = 100

// PPrint returns the text that Python's pprint prints: what does not fit on a line is spread over several, dictionary
// keys and the members of sets sorted. It ends with a newline.
func PPrint(v starlark.Value) string {
	p := &prettyPrinter{}
	p.value(v, 0, 0, 1)
	return p.out.String() + "\n"
}

type prettyPrinter struct{ out strings.Builder }

// value writes v at column indent. after is the number of columns that must stay free behind its last line.
func (p *prettyPrinter) value(v starlark.Value, indent, after, level int) {
	text := Repr(sorted(v, level))
	if utf8.RuneCountInString(text) <= pprintWidth-indent-after || level > maxLevel {
		p.out.WriteString(text)
		return
	}
	switch v := v.(type) {
	case *starlark.Dict:
		p.dict(v, indent, after, level)
	case *starlark.List:
		p.sequence("[", "]", items(v), indent, after, level)
	case starlark.Tuple:
		closing := ")"
		if len(v) == 1 {
			closing = ",)"
		}
		p.sequence("(", closing, v, indent, after, level)
	case *starlark.Set:
		p.sequence("{", "}", sortValues(items(v)), indent, after, level)
	case starlark.String:
		p.text(string(v), indent, after, level)
	default:
		p.out.WriteString(text)
	}
}

func (p *prettyPrinter) newline(indent int) { p.out.WriteString("\n" + strings.Repeat(" ", indent)) }

func (p *prettyPrinter) sequence(opening, closing string, list []starlark.Value, indent, after, level int) {
	p.out.WriteString(opening)
	for i, x := range list {
		free := 1 // for the comma
		if i == len(list)-1 {
			free = after + len(closing)
		}
		if i > 0 {
			p.out.WriteString(",")
			p.newline(indent + 1)
		}
		p.value(x, indent+1, free, level+1)
	}
	p.out.WriteString(closing)
}

func (p *prettyPrinter) dict(d *starlark.Dict, indent, after, level int) {
	p.out.WriteString("{")
	keys := sortValues(d.Keys())
	for i, k := range keys {
		if i > 0 {
			p.out.WriteString(",")
			p.newline(indent + 1)
		}
		free := 1
		if i == len(keys)-1 {
			free = after + 1
		}
		text := Repr(k) + ": "
		p.out.WriteString(text)
		v, _, _ := d.Get(k)
		p.value(v, indent+1+utf8.RuneCountInString(text), free, level+1)
	}
	p.out.WriteString("}")
}

// text writes a long string as several adjacent literals, broken behind line ends and between words. At the top level
// they stand in parentheses.
func (p *prettyPrinter) text(s string, indent, after, level int) {
	if s == "" {
		p.out.WriteString("''")
		return
	}
	if level == 1 {
		indent, after = indent+1, after+1
	}
	chunks := p.chunks(s, pprintWidth-indent, after)
	if len(chunks) == 1 {
		p.out.WriteString(chunks[0])
		return
	}
	if level == 1 {
		p.out.WriteString("(")
	}
	for i, c := range chunks {
		if i > 0 {
			p.newline(indent)
		}
		p.out.WriteString(c)
	}
	if level == 1 {
		p.out.WriteString(")")
	}
}

// chunks splits s into literals of at most width columns, the last one leaving room for what comes after.
func (p *prettyPrinter) chunks(s string, width, after int) []string {
	var out []string
	lines := strings.SplitAfter(s, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	for i, line := range lines {
		room := width
		if i == len(lines)-1 {
			room -= after
		}
		if whole := quote(line); utf8.RuneCountInString(whole) <= room {
			out = append(out, whole)
			continue
		}
		current := ""
		words := splitWords(line)
		for j, word := range words {
			room := width
			if j == len(words)-1 && i == len(lines)-1 {
				room -= after
			}
			if current != "" && utf8.RuneCountInString(quote(current+word)) > room {
				out = append(out, quote(current))
				current = ""
			}
			current += word
		}
		if current != "" {
			out = append(out, quote(current))
		}
	}
	return out
}

// splitWords splits a line into words, each with the white space that follows it.
func splitWords(line string) []string {
	var out []string
	for line != "" {
		end := strings.IndexAny(line, " \t\n\r\v\f")
		if end < 0 {
			end = len(line)
		}
		for end < len(line) && strings.IndexByte(" \t\n\r\v\f", line[end]) >= 0 {
			end++
		}
		out = append(out, line[:end])
		line = line[end:]
	}
	return out
}

// sorted returns v with the keys of dictionaries and the members of sets in order, at every level.
func sorted(v starlark.Value, level int) starlark.Value {
	if level > maxLevel {
		return v
	}
	switch v := v.(type) {
	case *starlark.Dict:
		out := starlark.NewDict(v.Len())
		for _, k := range sortValues(v.Keys()) {
			x, _, _ := v.Get(k)
			_ = out.SetKey(k, sorted(x, level+1)) // the key was in a dictionary already
		}
		return out
	case *starlark.List:
		var list []starlark.Value
		for _, x := range items(v) {
			list = append(list, sorted(x, level+1))
		}
		return starlark.NewList(list)
	case starlark.Tuple:
		out := make(starlark.Tuple, len(v))
		for i, x := range v {
			out[i] = sorted(x, level+1)
		}
		return out
	case *starlark.Set:
		out := starlark.NewSet(v.Len())
		for _, x := range sortValues(items(v)) {
			_ = out.Insert(x) // it was in a set already
		}
		return out
	}
	return v
}

// sortValues sorts values in their own order; those that have none go by type and text.
func sortValues(list []starlark.Value) []starlark.Value {
	out := append([]starlark.Value(nil), list...)
	sort.SliceStable(out, func(i, j int) bool {
		if less, err := starlark.Compare(syntax.LT, out[i], out[j]); err == nil {
			return less
		}
		a, b := out[i], out[j]
		if a.Type() != b.Type() {
			return TypeName(a) < TypeName(b)
		}
		return Repr(a) < Repr(b)
	})
	return out
}
