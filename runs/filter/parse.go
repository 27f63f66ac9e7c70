package filter

import (
	"fmt"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/timerange"
	"guild/runs/values"
)

// Expr is a parsed filter expression. Its grammar is
//
//	expr  = and {"or" and}
//	and   = not {"and" not}
//	not   = ["not"] not | "(" expr ")" | test | term
//	test  = NAME ("=" | "!=" | "<>" | "<" | "<=" | ">" | ">=") term
//	      | NAME "is" ["not"] term | NAME ["not"] "in" (list | TIMERANGE) | NAME ["not"] "contains" term
//	term  = NUMBER | STRING | WORD | "true" | "false" | "undefined" | list
//	list  = "[" term {"," term} "]"
//
// Keywords may be in upper or lower case. A NAME is an attribute, else a flag, else the last value of a scalar; a prefix, as in
// `flag:lr`, restricts it to that kind. If a run does not have the value, a test is false and its negation true. `contains` ignores
// case in texts; a list contains an item, or each item of a list, if it has an equal one. `is null` means `is undefined`.
// `started` and `stopped` are compared with times, and `in 'last 2 hours'` takes a range in the syntax of package timerange.
type Expr struct {
	root  node
	names []*nameUse
}

// Match reports whether the expression is true for the run.
func (e *Expr) Match(r *runs.View) bool { return e.root.holds(values.Of(r)) }

// ParseExpr parses an expression. Relative times are relative to now. The error is a *SyntaxError.
func ParseExpr(expr string, now time.Time) (*Expr, error) {
	list, err := tokens(expr)
	if err != nil {
		return nil, err
	}
	p := &exprParser{list: list, now: now}
	root, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.peek().kind != tokEnd {
		return nil, p.unexpected()
	}
	return &Expr{root, p.names}, nil
}

// maxDepth limits the nesting of parentheses, lists and nots, so that no input exhausts the stack.
const maxDepth = 200

type exprParser struct {
	list  []token
	at    int
	depth int
	now   time.Time
	names []*nameUse
}

func (p *exprParser) peek() token { return p.list[p.at] }

func (p *exprParser) next() token {
	t := p.list[p.at]
	if t.kind != tokEnd {
		p.at++
	}
	return t
}

func (p *exprParser) take(kind tokenKind) bool {
	if p.peek().kind != kind {
		return false
	}
	p.at++
	return true
}

func (p *exprParser) unexpected() error {
	t := p.peek()
	if t.kind == tokEnd {
		return &SyntaxError{Pos: t.pos, AtEnd: true}
	}
	reason := fmt.Sprintf("unexpected token '%s'", t.text)
	if instead := p.otherLanguage(t); instead != "" {
		reason += "; " + instead
	}
	return &SyntaxError{Pos: t.pos, Reason: reason}
}

func (p *exprParser) enter() error {
	if p.depth++; p.depth > maxDepth {
		return &SyntaxError{Pos: p.peek().pos, Reason: "too deep an expression"}
	}
	return nil
}

func (p *exprParser) or() (node, error) {
	return p.sequence("or", p.and, func(list []node) node { return anyOf(list) })
}

func (p *exprParser) and() (node, error) {
	return p.sequence("and", p.not, func(list []node) node { return allOf(list) })
}

func (p *exprParser) sequence(op tokenKind, operand func() (node, error), join func([]node) node) (node, error) {
	var list []node
	for {
		n, err := operand()
		if err != nil {
			return nil, err
		}
		list = append(list, n)
		if p.take(op) {
			continue
		}
		if len(list) == 1 {
			return n, nil
		}
		return join(list), nil
	}
}

func (p *exprParser) not() (node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	switch {
	case p.take("not"):
		n, err := p.not()
		return negation{n}, err
	case p.take("("):
		n, err := p.or()
		if err == nil && !p.take(")") {
			err = p.unexpected()
		}
		return n, err
	case p.peek().kind == tokWord:
		return p.test()
	}
	return p.constant()
}

func (p *exprParser) constant() (node, error) {
	t, err := p.term()
	return constant(truth(t.val)), err
}

// test parses a test of a named value, or a single term, whose truth is the result.
func (p *exprParser) test() (node, error) {
	name := newName(p.next().text)
	p.names = append(p.names, name.use)
	negated := p.take("not")
	op := p.peek().kind
	switch op {
	case "=", "!=", "<>", "<", "<=", ">", ">=":
		if negated {
			return nil, p.unexpected()
		}
		p.next()
		return p.comparison(name, op)
	case "is":
		if negated {
			return nil, p.unexpected()
		}
		return p.is(name)
	case "in":
		p.next()
		n, err := p.in(name)
		return negate(n, negated), err
	case "contains":
		p.next()
		t, err := p.term()
		return negate(contains{name, t}, negated), err
	}
	if negated {
		return nil, p.unexpected()
	}
	return constant(true), nil
}

func (p *exprParser) comparison(name valueName, op tokenKind) (node, error) {
	at := p.peek()
	t, err := p.term()
	if err != nil {
		return nil, err
	}
	c := comparison{name: name, op: op, want: t}
	if name.isTime() && t.isText() {
		r, err := p.moment(at, t.text)
		if err != nil {
			return nil, err
		}
		c.moment = r
	}
	return c, nil
}

func (p *exprParser) is(name valueName) (node, error) {
	p.next()
	negated := p.take("not")
	if t := p.peek(); t.kind == tokWord && strings.EqualFold(t.text, "null") {
		p.next()
		return negate(comparison{name: name, op: "="}, negated), nil
	}
	n, err := p.comparison(name, "=")
	return negate(n, negated), err
}

func (p *exprParser) in(name valueName) (node, error) {
	at := p.peek()
	if at.kind == "[" || !name.isTime() {
		if at.kind != "[" {
			return nil, p.unexpected()
		}
		t, err := p.term()
		return membership{name, t.list}, err
	}
	if at.kind != tokString && at.kind != tokWord {
		return nil, p.unexpected()
	}
	p.next()
	r, err := p.moment(at, at.text)
	return within{name, r}, err
}

// moment parses a range of time, or a point in time, which becomes a range.
func (p *exprParser) moment(at token, text string) (*timerange.Range, error) {
	r, err := timerange.Parse(text, p.now)
	if err != nil {
		return nil, &SyntaxError{Pos: at.pos, Reason: err.Error()}
	}
	return &r, nil
}

// term parses a value.
func (p *exprParser) term() (term, error) {
	t := p.peek()
	switch t.kind {
	case tokNumber:
		p.next()
		return term{val: t.num, text: t.text}, nil
	case tokString, tokWord:
		p.next()
		return term{val: t.text, text: t.text}, nil
	case "true", "false":
		p.next()
		return term{val: t.kind == "true", text: t.text}, nil
	case "undefined":
		p.next()
		return term{text: t.text}, nil
	case "[":
		return p.termList()
	}
	return term{}, p.unexpected()
}

func (p *exprParser) termList() (term, error) {
	if err := p.enter(); err != nil {
		return term{}, err
	}
	defer func() { p.depth-- }()
	list := term{list: []term{}}
	var plain []any
	p.next()
	for {
		t, err := p.term()
		if err != nil {
			return term{}, err
		}
		list.list, plain = append(list.list, t), append(plain, t.val)
		if !p.take(",") {
			break
		}
	}
	if !p.take("]") {
		return term{}, p.unexpected()
	}
	list.val = plain
	return list, nil
}
