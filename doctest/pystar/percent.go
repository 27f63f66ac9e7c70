package pystar

import (
	"math/big"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// percentOperator implements x % y: formatting when x is a string.
func percentOperator(args starlark.Tuple) (starlark.Value, error) {
	format, ok := args[0].(starlark.String)
	if !ok {
		return starlark.Binary(syntax.PERCENT, args[0], args[1])
	}
	s, err := percentFormat(string(format), args[1])
	if err != nil {
		return nil, err
	}
	return starlark.String(s), nil
}

// percentFormat formats arg, a tuple of values or a single one.
func percentFormat(format string, arg starlark.Value) (string, error) {
	p := &percent{format: format, arg: arg}
	if t, ok := arg.(starlark.Tuple); ok {
		p.values = t
	} else {
		p.values = starlark.Tuple{arg}
	}
	return p.run()
}

type percent struct {
	format string
	pos    int
	arg    starlark.Value
	values starlark.Tuple
	used   int
	keyed  bool // a %(key)s was seen, so not all values need be used
}

func (p *percent) run() (string, error) {
	var b strings.Builder
	for p.pos < len(p.format) {
		i := strings.IndexByte(p.format[p.pos:], '%')
		if i < 0 {
			b.WriteString(p.format[p.pos:])
			break
		}
		b.WriteString(p.format[p.pos : p.pos+i])
		p.pos += i + 1
		text, err := p.conversion()
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	_, isMap := p.arg.(starlark.Mapping)
	if p.used < len(p.values) && !p.keyed && !isMap {
		return "", Errorf("TypeError", "not all arguments converted during string formatting")
	}
	return b.String(), nil
}

func (p *percent) peek() byte {
	if p.pos < len(p.format) {
		return p.format[p.pos]
	}
	return 0
}

func (p *percent) next() (starlark.Value, error) {
	if p.used >= len(p.values) {
		return nil, Errorf("TypeError", "not enough arguments for format string")
	}
	p.used++
	return p.values[p.used-1], nil
}

// key reads (name) and returns the value of the mapping for it.
func (p *percent) key() (starlark.Value, error) {
	end := strings.IndexByte(p.format[p.pos:], ')')
	if end < 0 {
		return nil, Errorf("ValueError", "incomplete format key")
	}
	name := starlark.String(p.format[p.pos+1 : p.pos+end])
	p.pos += end + 1
	m, ok := p.arg.(starlark.Mapping)
	if !ok {
		return nil, Errorf("TypeError", "format requires a mapping")
	}
	v, found, err := m.Get(name)
	if err == nil && !found {
		err = Errorf("KeyError", "%s", Repr(name))
	}
	p.keyed = true
	return v, err
}

// number reads digits, or an asterisk that takes the next value.
func (p *percent) number() (n int, err error) {
	if p.peek() == '*' {
		p.pos++
		v, err := p.next()
		if err != nil {
			return 0, err
		}
		if n, err = starlark.AsInt32(v); err != nil {
			return 0, Errorf("TypeError", "* wants int")
		}
		return n, nil
	}
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		n = n*10 + int(c-'0')
		p.pos++
		if n > maxWidth {
			return 0, Errorf("ValueError", "width too big")
		}
	}
	return n, nil
}

// conversion formats one value; the position is behind the percent sign.
func (p *percent) conversion() (string, error) {
	var value starlark.Value
	var err error
	if p.peek() == '(' {
		if value, err = p.key(); err != nil {
			return "", err
		}
	}
	s := spec{fill: ' ', align: '>', sign: '-', precision: -1}
	for strings.IndexByte("#0- +", p.peek()) >= 0 && p.pos < len(p.format) {
		s.flag(p.peek())
		p.pos++
	}
	if s.width, err = p.number(); err != nil {
		return "", err
	}
	if s.width < 0 {
		s.align, s.width = '<', -s.width
	}
	if p.peek() == '.' {
		p.pos++
		if s.precision, err = p.number(); err != nil {
			return "", err
		}
	}
	for strings.IndexByte("hlL", p.peek()) >= 0 && p.pos < len(p.format) {
		p.pos++
	}
	c := p.peek()
	p.pos++
	if c == '%' {
		return "%", nil
	}
	if c == 0 {
		return "", Errorf("ValueError", "incomplete format")
	}
	if value == nil {
		if value, err = p.next(); err != nil {
			return "", err
		}
	}
	return s.percentValue(c, value)
}

// flag applies one of the flag characters of a % conversion.
func (s *spec) flag(c byte) {
	switch c {
	case '#':
		s.alternate = true
	case '0':
		if s.align != '<' {
			s.fill, s.align = '0', '='
		}
	case '-':
		s.fill, s.align = ' ', '<'
	case '+':
		s.sign = '+'
	case ' ':
		if s.sign != '+' {
			s.sign = ' '
		}
	}
}

// percentValue formats a value for the conversion character.
func (s spec) percentValue(c byte, v starlark.Value) (string, error) {
	switch c {
	case 's', 'r', 'a':
		if s.align == '=' {
			s.fill, s.align = ' ', '>'
		}
		text := map[byte]func(starlark.Value) string{'s': Str, 'r': Repr, 'a': ascii}[c](v)
		return s.pad("", s.truncate(text)), nil
	case 'c':
		if s.align == '=' {
			s.fill, s.align = ' ', '>'
		}
		if text, ok := v.(starlark.String); ok && utf8.RuneCountInString(string(text)) == 1 {
			return s.pad("", string(text)), nil
		}
		n, err := starlark.AsInt32(v)
		if err != nil {
			return "", Errorf("TypeError", "%%c requires int or char")
		}
		return s.pad("", string(rune(n))), nil
	case 'd', 'i', 'u', 'x', 'X', 'o':
		n, err := percentInt(c, v)
		if err != nil {
			return "", err
		}
		if c == 'i' || c == 'u' {
			c = 'd'
		}
		s.verb = c
		minDigits := s.precision
		s.precision = -1
		return s.integer(n, minDigits), nil
	case 'e', 'E', 'f', 'F', 'g', 'G':
		f, ok := starlark.AsFloat(number(v))
		if !ok {
			return "", Errorf("TypeError", "must be real number, not %s", TypeName(v))
		}
		s.verb = c
		return s.float(f), nil
	}
	return "", Errorf("ValueError", "unsupported format character '%c' (0x%x)", c, c)
}

// number turns a bool into the integer that it is in Python.
func number(v starlark.Value) starlark.Value {
	if b, ok := v.(starlark.Bool); ok {
		if b {
			return starlark.MakeInt(1)
		}
		return starlark.MakeInt(0)
	}
	return v
}

func percentInt(c byte, v starlark.Value) (*big.Int, error) {
	switch n := number(v).(type) {
	case starlark.Int:
		return n.BigInt(), nil
	case starlark.Float:
		if c == 'd' || c == 'i' || c == 'u' {
			i, err := starlark.NumberToInt(n)
			if err != nil {
				return nil, Errorf("ValueError", "cannot convert float to integer")
			}
			return i.BigInt(), nil
		}
		return nil, Errorf("TypeError", "%%%c format: an integer is required, not float", c)
	}
	if c == 'd' || c == 'i' || c == 'u' {
		return nil, Errorf("TypeError", "%%%c format: a real number is required, not %s", c, TypeName(v))
	}
	return nil, Errorf("TypeError", "%%%c format: an integer is required, not %s", c, TypeName(v))
}
