package pystar

import (
	"math"
	"strings"
	"testing"

	"go.starlark.net/starlark"
)

func TestRepr(t *testing.T) {
	cyclic := starlark.NewList(nil)
	_ = cyclic.Append(cyclic)
	tests := []struct {
		v    starlark.Value
		want string
	}{
		{starlark.String("a"), "'a'"},
		{starlark.String(`it's`), `"it's"`},
		{starlark.String(`it's "b"`), `'it\'s "b"'`},
		{starlark.String("\n\t\r\\\x00\x7f"), `'\n\t\r\\\x00\x7f'`},
		{starlark.String("é\u2028\u200b\U0001f600\U000e0001"), `'é\u2028\u200b😀\U000e0001'`},
		{starlark.String("\xff"), `'\udcff'`},
		{starlark.Bytes("a'\n\xff"), `b"a'\n\xff"`},
		{starlark.Float(1), "1.0"},
		{starlark.Float(0.1), "0.1"},
		{starlark.Float(1e15), "1000000000000000.0"},
		{starlark.Float(1e16), "1e+16"},
		{starlark.Float(1e-4), "0.0001"},
		{starlark.Float(1.5e-5), "1.5e-05"},
		{starlark.Float(math.Inf(-1)), "-inf"},
		{starlark.Float(math.NaN()), "nan"},
		{starlark.Float(math.Copysign(0, -1)), "-0.0"},
		{starlark.Tuple{starlark.MakeInt(1)}, "(1,)"},
		{starlark.Tuple{}, "()"},
		{starlark.NewSet(0), "set()"},
		{starlark.None, "None"},
		{starlark.True, "True"},
		{cyclic, "[...]"},
		{exception{Errorf("KeyError", "k")}, "KeyError('k')"},
		{exceptionClass{"KeyError"}, "<class 'KeyError'>"},
	}
	for _, tt := range tests {
		if got := Repr(tt.v); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

// TestPercent and TestFormat hold what Python prints.
func TestPercent(t *testing.T) {
	check(t, []program{
		{"text", []string{"'%s|%5s|%-5s|%.2s|%r|%a' % ('ab', 'ab', 'ab', 'abc', 'é', 'é')"}, `"ab|   ab|ab   |ab|'é'|'\\xe9'"` + "\n"},
		{"integers", []string{"'%d|%5i|%-5d|%05d|%+d|% d|%.3d|%x|%X|%#x|%o|%d' % (7, 7, 7, -7, 7, 7, 7, 255, 255, 255, 8, 3.9)"},
			"'7|    7|7    |-0007|+7| 7|007|ff|FF|0xff|10|3'\n"},
		{"floats", []string{"'%f|%.2f|%e|%g|%g|%g|%G|%08.3f|%#.0f' % (1.5, 2.675, 12345.678, 0.0001, 1e-5, 1e20, 1e-10, -3.14159, 3)"},
			"'1.500000|2.67|1.234568e+04|0.0001|1e-05|1e+20|1E-10|-003.142|3.'\n"},
		{"characters", []string{"'%c%c%%' % ('a', 98)"}, "'ab%'\n"},
		{"star", []string{"'%*d|%-*d|%.*f' % (5, 1, 5, 2, 1, 3.14)"}, "'    1|2    |3.1'\n"},
		{"mapping", []string{"'%(a)s %(b)03d' % {'a': 1, 'b': 2}"}, "'1 002'\n"},
		{"single value", []string{"'%s' % [1, 2]", "'%s' % None"}, "'[1, 2]'\n'None'\n"},
		{"big and bool", []string{"'%d %d %s' % (1 << 70, True, True)"}, "'1180591620717411303424 1 True'\n"},
		{"modulo", []string{"7 % 4, -7 % 4, 7.5 % 2"}, "(3, 1, 1.5)\n"},
		{"too few", []string{"'%s %s' % (1,)"}, "!TypeError: not enough arguments for format string\n"},
		{"too many", []string{"'%s' % (1, 2)"}, "!TypeError: not all arguments converted during string formatting\n"},
		{"wrong type", []string{"'%d' % ('a',)", "'%f' % 'a'", "'%x' % 1.5"},
			"!TypeError: %d format: a real number is required, not str\n!TypeError: must be real number, not str\n" +
				"!TypeError: %x format: an integer is required, not float\n"},
		{"bad formats", []string{"'%' % ()", "'%y' % 1", "'%(a' % {}", "'%(a)s' % 1", "'%(a)s' % {}", "'%99999999d' % 1"},
			"!ValueError: incomplete format\n!ValueError: unsupported format character 'y' (0x79)\n!ValueError: incomplete format key\n" +
				"!TypeError: format requires a mapping\n!KeyError: 'a'\n!ValueError: width too big\n"},
	})
}

func TestFormat(t *testing.T) {
	check(t, []program{
		{"fields", []string{"'{} {} {{}}'.format(1, 'a')", "'{1}{0}{x}'.format(1, 2, x=3)"}, "'1 a {}'\n'213'\n"},
		{"text", []string{"'{:>4}|{:<4}|{:^4}|{:*^5}|{:.1}|{:05}'.format('ab', 'ab', 'ab', 'ab', 'ab', 'ab')"}, "'  ab|ab  | ab |*ab**|a|ab000'\n"},
		{"integers", []string{"'{:4}|{:<4}|{:04}|{:+}|{:,}|{:_}|{:x}|{:#b}|{:c}|{:=+5}|{:010,}'.format(7, 7, -7, 7, 1234567, 1234567, 255, 5, 97, 7, 1234)"},
			"'   7|7   |-007|+7|1,234,567|1_234_567|ff|0b101|a|+   7|00,001,234'\n"},
		{"floats", []string{"'{}|{:.2f}|{:e}|{:g}|{:.3}|{:%}|{:8.1f}|{:,.2f}|{:.1%}'.format(1.0, 2.0, 1.5, 1e20, 1234.5, 0.25, 3.14, 12345.678, 0.5)"},
			"'1.0|2.00|1.500000e+00|1e+20|1.23e+03|25.000000%|     3.1|12,345.68|50.0%'\n"},
		{"conversions", []string{"'{!r:>5} {!s} {!a}'.format('a', 'b', 'é')"}, `"  'a' b '\\xe9'"` + "\n"},
		{"nested", []string{"'{:{}}|{:{w}.{p}f}'.format('a', 3, 1.25, w=6, p=1)"}, "'a  |   1.2'\n"},
		{"items and attributes", []string{"'{0[1]} {0[0]} {d[k]} {t.__name__}'.format([1, 2], d={'k': 3}, t=type(1))"}, "'2 1 3 int'\n"},
		{"bool and list", []string{"'{} {:d} {}'.format(True, True, [1])"}, "'True 1 [1]'\n"},
		{"own method", []string{"def f(): return 1", "f.format(1)"}, "!AttributeError: 'function' object has no attribute 'format'\n"},
		{"errors", []string{"'{}'.format()", "'{x}'.format()", "'}'.format()", "'{'.format()", "'{:q}'.format(1)", "'{:d}'.format('a')",
			"'{:d}'.format(1.5)", "'{:5}'.format([1])", "'{!x}'.format(1)", "'{0[9]}'.format([1])", "'{0.x}'.format(1)", "'{:.}'.format(1.0)",
			"'{:{:{}}}'.format(1, 2, 3)", "'{:.2d}'.format(1)"},
			"!IndexError: Replacement index 0 out of range for positional args tuple\n!KeyError: 'x'\n" +
				"!ValueError: Single '}' encountered in format string\n!ValueError: expected '}' before end of string\n" +
				"!ValueError: Invalid format specifier 'q'\n!ValueError: Unknown format code 'd' for object of type 'str'\n" +
				"!ValueError: Unknown format code 'd' for object of type 'float'\n!TypeError: unsupported format string passed to list.__format__\n" +
				"!ValueError: Unknown conversion specifier 'x'\n!IndexError: list index out of range\n" +
				"!AttributeError: 'int' object has no attribute 'x'\n!ValueError: Format specifier missing precision\n" +
				"!ValueError: Max string recursion exceeded\n!ValueError: Precision not allowed in integer format specifier\n"},
	})
}

func TestPPrint(t *testing.T) {
	long := strings.Repeat("word ", 20)
	check(t, []program{
		{"short", []string{"pprint({'b': [1], 'a': ()})"}, "{'a': (), 'b': [1]}\n"},
		{"list", []string{"pprint(['" + strings.Repeat("a", 40) + "', '" + strings.Repeat("b", 40) + "'])"},
			"['" + strings.Repeat("a", 40) + "',\n '" + strings.Repeat("b", 40) + "']\n"},
		{"tuple of one", []string{"pprint(('" + strings.Repeat("a", 90) + "',))"}, "('" + strings.Repeat("a", 90) + "',)\n"},
		{"dict", []string{"pprint({'key': {'y': ['" + strings.Repeat("a", 40) + "', 'b'], 'x': '" + strings.Repeat("c", 30) + "'}})"},
			"{'key': {'x': '" + strings.Repeat("c", 30) + "',\n         'y': ['" + strings.Repeat("a", 40) + "', 'b']}}\n"},
		{"long text", []string{"pprint('" + long + "')"},
			"('" + strings.Repeat("word ", 15) + "'\n '" + strings.Repeat("word ", 5) + "')\n"},
		{"long text inside", []string{"pprint({'k': '" + long + "'})"},
			"{'k': '" + strings.Repeat("word ", 14) + "'\n      '" + strings.Repeat("word ", 6) + "'}\n"},
		{"lines of text", []string{"pprint('" + strings.Repeat("a", 50) + "\\n" + strings.Repeat("b", 50) + "')"},
			"('" + strings.Repeat("a", 50) + "\\n'\n '" + strings.Repeat("b", 50) + "')\n"},
		{"sets and mixed keys", []string{"pprint(set([2, 1]))", "pprint({'b': 1, 2: 3, 'a': 2})"}, "{1, 2}\n{2: 3, 'a': 2, 'b': 1}\n"},
	})
}
