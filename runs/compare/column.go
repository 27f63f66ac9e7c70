package compare

import (
	"fmt"
	"strings"

	"guild/runs/scalars"
	"guild/runs/values"
)

// Kind is what the values of a column are.
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
	qualifier string // of a scalar; empty for the last value
	step      bool   // the step of a scalar in place of its value
	as        string // its heading, where one was given
}

// Kind says what the values of the column are.
func (c Column) Kind() Kind { return c.kind }

// Plain is the name of the flag, attribute or scalar, ok where the column has its value: of a scalar the last one.
func (c Column) Plain() (name string, ok bool) {
	return c.name, !c.step && (c.qualifier == "" || c.qualifier == "last")
}

// Heading is what stands above the column.
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

// fullHeading is Heading with all that tells the column from others.
func (c Column) fullHeading() string {
	if c.as != "" || c.qualifier == "" {
		return c.Heading()
	}
	return c.qualifier + " " + c.Heading()
}

// Of is what a run has in the column: nil where it has nothing.
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

// SyntaxError says where a text stops being columns.
type SyntaxError struct {
	Text   string
	Pos    int // byte of Text, from 0
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("invalid column '%s': %s at position %d (such as: loss, min loss step, =lr, .label as name)", e.Text, e.Reason, e.Pos)
}

// Parse reads columns that are separated by commas. The error is a *SyntaxError.
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

// word is a name, or a comma, or the end.
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

// startsName tells a qualifier from a scalar that has its name.
func (p *parser) startsName() bool {
	w := p.peek()
	return !w.end && !w.comma && (w.quoted || w.text != "as" && w.text != "step")
}

// prefixes of names say what they are names of.
var prefixes = [...]struct {
	text string
	kind Kind
}{{"=", Flag}, {"flag:", Flag}, {".", Attr}, {"attr:", Attr}, {"scalar:", Scalar}}

// setKind reads the prefix of a name.
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
