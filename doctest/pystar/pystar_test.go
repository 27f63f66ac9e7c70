package pystar

import (
	"errors"
	"strings"
	"testing"

	"go.starlark.net/starlark"
)

// document runs programs one after the other in one namespace.
type document struct {
	ns  *Namespace
	out strings.Builder
}

// gate is a context manager that prints when it is entered and left.
type gate struct {
	d    *document
	name string
}

func (g gate) Enter() (starlark.Value, error) {
	if g.name == "locked" {
		return nil, Errorf("PermissionError", "locked")
	}
	g.d.out.WriteString("enter " + g.name + "\n")
	return starlark.String(g.name), nil
}

func (g gate) Exit()                 { g.d.out.WriteString("exit " + g.name + "\n") }
func (g gate) Freeze()               {}
func (g gate) Hash() (uint32, error) { return 0, nil }
func (g gate) String() string        { return "<gate>" }
func (g gate) Truth() starlark.Bool  { return true }
func (g gate) Type() string          { return "gate" }

func newDocument() *document {
	d := &document{}
	host := starlark.StringDict{
		"print": builtin("print", func(args starlark.Tuple) (starlark.Value, error) {
			for i, v := range args {
				if i > 0 {
					d.out.WriteString(" ")
				}
				d.out.WriteString(Str(v))
			}
			d.out.WriteString("\n")
			return starlark.None, nil
		}),
		"pprint": builtin("pprint", func(args starlark.Tuple) (starlark.Value, error) {
			d.out.WriteString(PPrint(args[0]))
			return starlark.None, nil
		}),
		"gate": builtin("gate", func(args starlark.Tuple) (starlark.Value, error) {
			return gate{d, Str(args[0])}, nil
		}),
		"helper": starlark.String("of the host"),
	}
	d.ns = NewNamespace(host, func(v starlark.Value) { d.out.WriteString(Repr(v) + "\n") })
	return d
}

// run returns what the programs print; one that fails prints its error.
func (d *document) run(sources ...string) string {
	for _, src := range sources {
		p, err := Compile("doc.md", 1, src, []string{"os", "json"})
		if err == nil {
			err = p.Run(&starlark.Thread{}, d.ns)
		}
		if err != nil {
			d.out.WriteString("!" + AsError(err).Error() + "\n")
		}
	}
	return d.out.String()
}

type program struct {
	name    string
	sources []string
	want    string
}

func check(t *testing.T, tests []program) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := newDocument().run(tt.sources...); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

func TestEcho(t *testing.T) {
	check(t, []program{
		{"value", []string{"1 + 1"}, "2\n"},
		{"none", []string{"None"}, ""},
		{"text", []string{"'a'"}, "'a'\n"},
		{"several statements", []string{"1; 2"}, "1\n2\n"},
		{"in if", []string{"if True:\n    'yes'\nelse:\n    'no'\n"}, "'yes'\n"},
		{"in for", []string{"for i in [1, 2]:\n    i\n"}, "1\n2\n"},
		{"in while", []string{"n = 2", "while n:\n    n -= 1\n    n\n"}, "1\n0\n"},
		{"in with", []string{"with gate('g'):\n    1\n"}, "enter g\n1\nexit g\n"},
		{"not in def", []string{"def f():\n    1\n", "f()"}, ""},
		{"assignment", []string{"x = 1"}, ""},
	})
}

func TestNames(t *testing.T) {
	check(t, []program{
		{"kept between programs", []string{"x = 1", "x += 1", "x"}, "2\n"},
		{"later definition", []string{"def f(): return g()", "def g(): return 1", "f()"}, "1\n"},
		{"rebound definition", []string{"def g(): return 1", "def f(): return g()", "def g(): return 2", "f()"}, "2\n"},
		{"recursion sees rebinding", []string{
			"def f(n): return n if n == 0 else f(n - 1)", "old = f", "def f(n): return 'new'", "old(1)"}, "'new'\n"},
		{"recursion", []string{"def f(n): return 1 if n < 2 else n * f(n - 1)", "f(5)"}, "120\n"},
		{"undefined", []string{"nope"}, "!NameError: name 'nope' is not defined\n"},
		{"undefined in def", []string{"def f(): return nope", "f()"}, "!NameError: name 'nope' is not defined\n"},
		{"host name", []string{"helper"}, "'of the host'\n"},
		{"shadowed host name", []string{"def helper(): return 1", "helper()"}, "1\n"},
		{"shadowed built-in", []string{"len = 3", "len"}, "3\n"},
		{"parameter hides module name", []string{"x = 1", "def f(x): return x", "f(2), x"}, "(2, 1)\n"},
		{"local variable", []string{"x = 1", "def f():\n    x = 2\n    return x\n", "f(), x"}, "(2, 1)\n"},
		{"closure", []string{"def f(x):\n    def g(): return x\n    return g\n", "f(4)()"}, "4\n"},
		{"default from module", []string{"x = 1", "def f(a=x): return a", "x = 2", "f()"}, "1\n"},
		{"keyword is no name", []string{"def f(**kw): return kw", "f(x=1, y=2)"}, "{'x': 1, 'y': 2}\n"},
		{"star arguments", []string{"a = [1, 2]", "k = {'sep': 3}", "def f(*args, **kw): return args, kw", "f(*a, **k)"},
			"((1, 2), {'sep': 3})\n"},
		{"comprehension variable is its own", []string{"x = 9", "[x * 2 for x in [1, 2] if x > 1]", "x"}, "[4]\n9\n"},
		{"dict comprehension", []string{"n = 2", "{k: n for k in ['a']}"}, "{'a': 2}\n"},
		{"loop variable stays", []string{"for i in range(3): pass", "i"}, "2\n"},
		{"tuple targets", []string{"a, (b, c) = 1, (2, 3)", "for x, y in [(4, 5)]: pass", "a, b, c, x, y"}, "(1, 2, 3, 4, 5)\n"},
		{"item and attribute targets", []string{"d = {}", "d['k'] = [0]", "d['k'][0] = 1", "d"}, "{'k': [1]}\n"},
		{"lambda", []string{"x = 2", "f = lambda a, b=x: a * b", "f(3)"}, "6\n"},
		{"def in if", []string{"if True:\n    def f(): return 1\n", "f()"}, "1\n"},
		{"what a failed program did stays", []string{"x = 1\nnope\n", "x"}, "!NameError: name 'nope' is not defined\n1\n"},
		{"list in place", []string{"a = [1]", "b = a", "a += [2]", "b"}, "[1, 2]\n"},
		{"a keyword of Starlark", []string{"load = 1", "load + 1"}, "2\n"},
	})
}

func TestStrings(t *testing.T) {
	check(t, []program{
		{"adjacent", []string{"'a' \"b\"\n"}, "'ab'\n"},
		{"adjacent over lines", []string{"print('a'  # one\n      'b'\n      f'{1}')\n"}, "ab1\n"},
		{"adjacent and operators", []string{"'%s' '-' % 1", "'{}' '{}'.format(1, 2)", "['a' 'b', 'c']"}, "'1-'\n'12'\n['ab', 'c']\n"},
		{"adjacent after backslash", []string{"x = 'a' \\\n  'b'\n", "x"}, "'ab'\n"},
		{"prefixes", []string{"u'a', U\"b\", r'\\d', R'\\d', b'x', rb'\\d', bR'\\d'"}, "('a', 'b', '\\\\d', '\\\\d', b'x', b'\\\\d', b'\\\\d')\n"},
		{"unknown escape", []string{`'\d\.'`}, `'\\d\\.'` + "\n"},
		{"known escapes", []string{`print('a\tb\\\'\"\x41\101\u0042\0' == "a	b\\'\"AAB\x00")`}, "True\n"},
		{"escapes beyond ASCII", []string{`'\xe9\351'`}, "'éé'\n"},
		{"escapes of bytes", []string{`b'\xff\377\u0041'`}, `b'\xff\xff\\u0041'` + "\n"},
		{"line end in string", []string{"'a\\\nb'"}, "'ab'\n"},
		{"triple", []string{"'''a\n'b''c\n'''"}, `"a\n'b''c\n"` + "\n"},
		{"hash in string", []string{"'# no comment' # comment"}, "'# no comment'\n"},
		{"keywords in string", []string{"'is with not'"}, "'is with not'\n"},
		{"unterminated", []string{"'a"}, "!SyntaxError: unterminated string literal (detected at line 1)\n"},
	})
}

func TestFStrings(t *testing.T) {
	check(t, []program{
		{"fields", []string{"x = 'v'", "f'a {x} b {x!r:>5}{{}}'"}, "\"a v b   'v'{}\"\n"},
		{"empty", []string{"f''", "f'plain'"}, "''\n'plain'\n"},
		{"expressions", []string{"d = {'k': [1, 2]}", `f"{d['k'][1] + 1} {len(d)} {'}'}"`}, "'3 1 }'\n"},
		{"dict and lambda", []string{`f"{ {'a': 1}['a'] } {(lambda: 2)()}"`}, "'1 2'\n"},
		{"comparison", []string{"x = 1", "f'{x == 1} {x != 1} {x >= 1}'"}, "'True False True'\n"},
		{"nested", []string{"xs = [1, 2]", `f"{','.join([f'<{x}>' for x in xs])}"`}, "'<1>,<2>'\n"},
		{"nested spec", []string{"w = 4", "f'{1:{w}}|{1:>{w}.1f}'"}, "'   1| 1.0'\n"},
		{"echo of expression", []string{"x = 'v'", "f'{x=} {x = !s} {1=:>3}'"}, "\"x='v' x = v 1=  1\"\n"},
		{"ascii", []string{"f'{\"é\"!a}'"}, `"'\\xe9'"` + "\n"},
		{"or", []string{"c = ''", `f"{c or '.label'}"`}, "'.label'\n"},
		{"python in expression", []string{"f'{None is None} {\"a\" \"b\"} {\"%i\" % 3}'"}, "'True ab 3'\n"},
		{"raw", []string{`rf'\d{1}'`}, `'\\d1'` + "\n"},
		{"triple", []string{"f'''a\n{1 +\n1}'''"}, "'a\\n2'\n"},
		{"escapes", []string{`f'\t{1}\d'`}, `'\t1\\d'` + "\n"},
		{"single brace", []string{"f'}'"}, "!SyntaxError: f-string: single '}' is not allowed\n"},
		{"open brace", []string{"f'{1'"}, "!SyntaxError: f-string: expecting '}'\n"},
		{"empty field", []string{"f'{ }'"}, "!SyntaxError: f-string: empty expression not allowed\n"},
		{"bad conversion", []string{"f'{1!x}'"}, "!SyntaxError: f-string: invalid conversion character: expected 's', 'r', or 'a'\n"},
	})
}

func TestStatements(t *testing.T) {
	check(t, []program{
		{"is", []string{"None is None, 1 is not None, not 1 is None"}, "(True, True, True)\n"},
		{"assert passes", []string{"assert 1, nope"}, ""},
		{"assert fails", []string{"assert False"}, "!AssertionError\n"},
		{"assert with message", []string{"x = 2", "assert x == 1, ('bad', x)"}, "!AssertionError: ('bad', 2)\n"},
		{"assert in def", []string{"def f(v):\n    assert v, f'no {v}'  # why\n    return v\n", "f(1)", "f(0)"}, "1\n!AssertionError: no 0\n"},
		{"assert over lines", []string{"assert (1 ==\n  2), (\n  'm')"}, "!AssertionError: m\n"},
		{"assert after colon", []string{"if True: assert 0, 'x'; print('not reached')"}, "!AssertionError: x\n"},
		{"raise", []string{"raise ValueError('bad')"}, "!ValueError: bad\n"},
		{"raise class", []string{"raise KeyError"}, "!KeyError\n"},
		{"raise key", []string{"raise KeyError('k')"}, "!KeyError: 'k'\n"},
		{"raise from", []string{"raise ValueError('a', 1) from KeyError()"}, "!ValueError: ('a', 1)\n"},
		{"raise something else", []string{"raise 1"}, "!TypeError: exceptions must derive from BaseException\n"},
		{"raise alone", []string{"raise"}, "!RuntimeError: No active exception to reraise\n"},
		{"import", []string{"import os", "import os, json", "import os.path"}, ""},
		{"import then more", []string{"import os; 1"}, "1\n"},
		{"percent assignment", []string{"s = '%s-%s'", "s %= (1, 2)", "s", "n = 7", "n %= 4", "n"}, "'1-2'\n3\n"},
		{"try that raises on", []string{"def f(d):\n    try:\n        v = d['k']\n    except (KeyError, TypeError) as e:\n        raise AssertionError((d, e)) from None\n" +
			"    except ValueError: raise\n    return v\n", "f({'k': 1})", "f({})"}, "1\n!KeyError: 'k'\n"},
		{"except is not supported", []string{"x = 1\ntry:\n    pass\nexcept:\n    pass\n"},
			"!SyntaxError: an except that does more than raise is not supported\n"},
		{"not Python", []string{"x = = 1"}, "!SyntaxError: got '=', want primary expression\n"},
	})
}

func TestWith(t *testing.T) {
	check(t, []program{
		{"as", []string{"with gate('a') as g:\n    print(g)\n", "g"}, "enter a\na\nexit a\n'a'\n"},
		{"several", []string{"with gate('a') as a, gate('b'), gate('c') as c:\n    print(a, c)\n"},
			"enter a\nenter b\nenter c\na c\nexit c\nexit b\nexit a\n"},
		{"nested", []string{"with gate('a'):\n    with gate('b'):\n        print(1)\n    print(2)\n"}, "enter a\nenter b\n1\nexit b\n2\nexit a\n"},
		{"left on error", []string{"with gate('a'):\n    nope\n"}, "enter a\nexit a\n!NameError: name 'nope' is not defined\n"},
		{"left on return", []string{"def f():\n    with gate('a'):\n        return 1\n", "f()"}, "enter a\nexit a\n1\n"},
		{"one line", []string{"with gate('a'): 1"}, "enter a\n1\nexit a\n"},
		{"value bound before", []string{"g = gate('a')", "with g: pass", "with g: pass"}, "enter a\nexit a\nenter a\nexit a\n"},
		{"cannot enter", []string{"with gate('a'), gate('locked'): 1"}, "enter a\nexit a\n!PermissionError: locked\n"},
		{"not a manager", []string{"with 1: pass"}, "!TypeError: 'int' object does not support the context manager protocol\n"},
		{"break in own loop", []string{"with gate('a'):\n    for i in [1, 2]:\n        break\n    i\n"}, "enter a\n1\nexit a\n"},
		{"break of outer loop", []string{"for i in [1]:\n    with gate('a'):\n        if i: break\n"}, "!SyntaxError: break inside with is not supported\n"},
		{"no colon", []string{"with gate('a')"}, "!SyntaxError: invalid syntax: with has no ':'\n"},
	})
}

func TestUnsupported(t *testing.T) {
	tests := []struct {
		source, what string
		line         int
	}{
		{"x = 1\ntry:\n    pass\nfinally: pass\n", "finally", 13},
		{"class A: pass", "class", 10},
		{"def f():\n    yield 1\n", "yield", 11},
		{"import sys", "import of sys", 10},
		{"import os, guild.run as r", "import of guild.run as r", 10},
		{"from os import path", "import of os", 10},
		{"x = 1; from a import b", "import of a", 10},
		{"del x", "del", 10},
		{"@d\ndef f(): pass\n", "a decorator", 10},
		{"async def f(): pass", "async", 10},
		{"for i in [1]:\n    with a:\n        continue\n", "continue inside with", 12},
	}
	for _, tt := range tests {
		_, err := Compile("doc.md", 10, tt.source, []string{"os"})
		var un *UnsupportedError
		if !errors.As(err, &un) || un.What != tt.what || un.Line != tt.line {
			t.Errorf("%q: got %#v, want %s in line %d", tt.source, err, tt.what, tt.line)
		}
	}
}

func TestSyntaxErrorLine(t *testing.T) {
	_, err := Compile("doc.md", 10, "x = 1\ny = = 2\n", nil)
	var se *SyntaxError
	if !errors.As(err, &se) || se.Line != 11 {
		t.Errorf("got %#v, want a syntax error in line 11", err)
	}
}

func TestErrors(t *testing.T) {
	check(t, []program{
		{"key", []string{"{'b': 1}['a']", "{}[3]"}, "!KeyError: 'a'\n!KeyError: 3\n"},
		{"index", []string{"[][0]", "[1][5]", "(1,)[5]", "'a'[5]"},
			"!IndexError: list index out of range\n!IndexError: list index out of range\n" +
				"!IndexError: tuple index out of range\n!IndexError: str index out of range\n"},
		{"attribute", []string{"'a'.nope", "None.x", "(1).x"},
			"!AttributeError: 'str' object has no attribute 'nope'\n!AttributeError: 'NoneType' object has no attribute 'x'\n" +
				"!AttributeError: 'int' object has no attribute 'x'\n"},
		{"division", []string{"1 // 0", "1 / 0", "1.0 // 0.0", "1 % 0", "1.5 % 0"}, strings.Repeat("!ZeroDivisionError: division by zero\n", 5)},
		{"no items", []string{"None['a']"}, "!TypeError: 'NoneType' object is not subscriptable\n"},
		{"unhashable", []string{"{[]: 1}"}, "!TypeError: unhashable type: 'list'\n"},
		{"int", []string{"int('x')"}, "!ValueError: invalid literal for int() with base 10: 'x'\n"},
		{"unbound", []string{"def f():\n    a = x\n    x = 1\n", "f()"}, "!UnboundLocalError: local variable 'x' referenced before assignment\n"},
		{"unpack", []string{"a, b = 1, 2, 3"}, "!ValueError: too many values to unpack (got 3, want 2)\n"},
		{"keyword", []string{"def f(a=1): pass", "f(x=1)", "def g(): pass", "g(1)"}, "!TypeError: f() got an unexpected keyword argument 'x'\n!TypeError: g() takes 0 arguments (1 given)\n"},
		{"keyword of host", []string{"sorted([], x=1)"}, "!TypeError: sorted() got an unexpected keyword argument 'x'\n"},
		{"missing", []string{"def f(a): pass", "f()"}, "!TypeError: f() missing 1 required positional argument: 'a'\n"},
		{"operands", []string{"'a' + 1"}, "!TypeError: unsupported operand type(s) for +: 'str' and 'int'\n"},
		{"other", []string{"len(1)"}, "!TypeError: len: value of type int has no len\n"},
	})
}

func TestBuiltins(t *testing.T) {
	check(t, []program{
		{"str and repr", []string{"str('a'), str(1.0), repr('a'), str(), str(ValueError('x'))"}, "('a', '1.0', \"'a'\", '', 'x')\n"},
		{"type", []string{"type(1).__name__, type('').__name__, type(None).__name__", "type(1)", "type(1) == type(2)"},
			"('int', 'str', 'NoneType')\n<class 'int'>\nTrue\n"},
		{"isinstance", []string{"isinstance(1, int), isinstance('a', (int, str)), isinstance(1, str), isinstance(True, int)",
			"isinstance(1, 1)"}, "(True, True, False, True)\n!TypeError: isinstance() arg 2 must be a type or a tuple of types\n"},
		{"pow", []string{"pow(2, 70), pow(2, -1), pow(2.0, 3)", "pow('a', 1)"},
			"(1180591620717411303424, 0.5, 8.0)\n!TypeError: unsupported operand type(s) for pow(): 'str' and 'int'\n"},
		{"sum", []string{"sum([1, 2.5]), sum([], 4)", "sum(1)"}, "(3.5, 4)\n!TypeError: 'int' object is not iterable\n"},
		{"round", []string{"round(2.5), round(2.675, 2), round(1234, -2)"}, "(2, 2.67, 1200.0)\n"},
		{"arity", []string{"repr()"}, "!TypeError: repr() takes 1 to 1 arguments (0 given)\n"},
	})
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{
		"x = 1", "with a as b, c: pass", "f'{x!r:{w}}'", "assert a, b", "raise A from b", "import os", "'a' 'b'",
		"for i in x:\n  with y: break", "def f(a, b=1, *c, **d):\n  return lambda: a", "{'a': [x for x in y if z]}",
		"x %= 1", "f'{", "'\\", "with :", "with a as : pass", "assert", "is not", "f'{a=}{b:>{c}}'", "a[1:2:3] = b", "load",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		p, err := Compile("doc.md", 1, src, []string{"os"})
		if (p == nil) == (err == nil) {
			t.Fatalf("program %v with error %v", p, err)
		}
	})
}
