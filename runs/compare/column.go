package compare

import (
	"fmt"
	"strings"

	"guild/runs/scalars"
	"guild/runs/values"
)

// Kind is the kind of value in a column.
type Kind int

// The kinds of columns.
const (
	Scalar Kind = iota
	Flag
	Attr
)

// Column is a column of a comparison.
type Column struct {
	kind      Kind
	name      string
	qualifier string // such as min, for a scalar; empty for the last value
	step      bool   // show the step of the scalar, not its value
	as        string // heading that the user gave, or empty
}

// Kind returns the kind of value in the column.
func (c Column) Kind() Kind { return c.kind }

// Plain returns the name of the flag, attribute or scalar. ok is false if the column shows something derived from it, such as a
// minimum or a step; the last value of a scalar counts as its value.
func (c Column) Plain() (name string, ok bool) {
	return c.name, !c.step && (c.qualifier == "" || c.qualifier == "last")
}

// Heading returns the heading of the column.
func (c Column) Heading() string {
	if c.as != "" {
		return c.as
	}
	if c.kind != Scalar {
		return c.name
	}
	heading := strings.TrimSpace(strings.ReplaceAll(c.name, "#", " "))
	if c.step {
		heading += " step"
	}
	return heading
}

// fullHeading returns a heading that is unique among columns: with the kind, the qualifier and the full name.
func (c Column) fullHeading() string {
	if c.as != "" || c.qualifier == "" {
		return c.Heading()
	}
	return c.qualifier + " " + c.Heading()
}

// Of returns the cell of a run, or nil if the run has no such value.
func (c Column) Of(v *values.Values) any {
	switch c.kind {
	case Flag:
		return v.Flags()[c.name]
	case Attr:
		return v.Attr(c.name)
	}
	s := v.Scalar(c.name)
	if s == nil {
		return nil
	}
	var p scalars.Point
	switch c.qualifier {
	case "first":
		p = s.First
	case "min":
		p = s.Min
	case "max":
		p = s.Max
	case "avg":
		p.Value = s.Avg
	case "total":
		p.Value = s.Total
	case "count":
		return s.Count
	default:
		p = s.Last
	}
	if c.step {
		return int(p.Step)
	}
	return p.Value
}

// SyntaxError says at which position a list of columns is wrong.
type SyntaxError struct {
	Text   string
	Pos    int // byte offset in Text, from 0
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("invalid column '%s': %s at position %d (such as: loss, min loss step, =lr, .label as name)", e.Text, e.Reason, e.Pos)
}

// Parse parses a list of columns separated by commas. The error is a *SyntaxError.
func Parse(text string) ([]Column, error) {
	list, err := split(text)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text, words: list}
	var columns []Column
	for {
		c, err := p.column()
		if err != nil {
			return nil, err
		}
		columns = append(columns, c)
		switch w := p.next(); {
		case w.comma:
		case w.end:
			return columns, nil
		default:
			return nil, p.unexpected(w)
		}
	}
}

// word is a token: a name, a comma or the end.
type word struct {
	text       string
	pos        int
	quoted     bool
	comma, end bool
}

func split(text string) ([]word, error) {
	var list []word
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case ' ', '\t', '\n', '\r':
			i++
		case ',':
			list = append(list, word{text: ",", pos: i, comma: true})
			i++
		case '\'', '"':
			n := strings.IndexByte(text[i+1:], c)
			if n < 0 {
				return nil, &SyntaxError{text, i, "a quote is not closed"}
			}
			list = append(list, word{text: text[i+1 : i+1+n], pos: i, quoted: true})
			i += n + 2
		default:
			n := strings.IndexAny(text[i:], " \t\r\n,")
			if n < 0 {
				n = len(text) - i
			}
			for _, p := range prefixes { // a name in quotes follows
				if rest, ok := strings.CutPrefix(text[i:i+n], p.text); ok && rest != "" && (rest[0] == '\'' || rest[0] == '"') {
					n = len(p.text)
				}
			}
			list = append(list, word{text: text[i : i+n], pos: i})
			i += n
		}
	}
	return append(list, word{pos: len(text), end: true}), nil
}

type parser struct {
	text  string
	words []word
	at    int
}

func (p *parser) peek() word { return p.words[p.at] }

func (p *parser) next() word {
	w := p.words[p.at]
	if !w.end {
		p.at++
	}
	return w
}

func (p *parser) keyword(text string) bool {
	if w := p.peek(); w.quoted || w.text != text {
		return false
	}
	p.at++
	return true
}

func (p *parser) unexpected(w word) error {
	if w.end {
		return &SyntaxError{p.text, w.pos, "something is missing"}
	}
	return &SyntaxError{p.text, w.pos, fmt.Sprintf("unexpected '%s'", w.text)}
}

func (p *parser) column() (Column, error) {
	var c Column
	w := p.next()
	if !w.quoted && isQualifier(w.text) && p.startsName() {
		c.qualifier = w.text
		w = p.next()
	}
	if w.end || w.comma {
		return c, p.unexpected(w)
	}
	if c.name = w.text; !w.quoted {
		if err := c.setKind(p, w); err != nil {
			return c, err
		}
	}
	if c.name == "" {
		return c, &SyntaxError{p.text, w.pos, "a name is missing"}
	}
	if c.kind == Scalar {
		c.step = p.keyword("step")
	}
	if p.keyword("as") {
		as := p.next()
		if as.end || as.comma || as.text == "" {
			return c, p.unexpected(as)
		}
		c.as = as.text
	}
	return c, nil
}

// startsName reports whether a name follows. If none does, a word such as min is the name of a scalar and not a qualifier.
func (p *parser) startsName() bool {
	w := p.peek()
	return !w.end && !w.comma && (w.quoted || w.text != "as" && w.text != "step")
}

// prefixes are the prefixes of names, with the kind of column that each selects.
var prefixes = [...]struct {
	text string
	kind Kind
}{{"=", Flag}, {"flag:", Flag}, {".", Attr}, {"attr:", Attr}, {"scalar:", Scalar}}

// setKind sets the kind and the name of the column from a word with an optional prefix.
func (c *Column) setKind(p *parser, w word) error {
	for _, prefix := range prefixes {
		name, ok := strings.CutPrefix(w.text, prefix.text)
		if !ok {
			continue
		}
		if c.qualifier != "" && prefix.kind != Scalar {
			return p.unexpected(w)
		}
		c.kind, c.name = prefix.kind, name
		if next := p.peek(); name == "" && next.quoted {
			c.name = p.next().text
		}
		break
	}
	return nil
}

func isQualifier(text string) bool {
	switch text {
	case "first", "last", "min", "max", "avg", "total", "count":
		return true
	}
	return false
}
