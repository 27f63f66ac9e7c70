package pystar

import (
	"math"
	"strconv"
	"sync"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// builtins are the names that Python has and Starlark lacks, or has with another meaning. Those that print belong to
// the host.
var builtins = sync.OnceValue(func() starlark.StringDict {
	builtins := starlark.StringDict{}
	for _, name := range classes {
		builtins[name] = exceptionClass{name}
	}
	for name, fn := range map[string]func(starlark.Tuple) (starlark.Value, error){
		"str": str, "repr": repr, "type": typeOf, "isinstance": isInstance, "pow": power, "sum": sum, "round": round,
	} {
		builtins[name] = builtin(name, fn)
	}
	return builtins
})

func arity(name string, args starlark.Tuple, least, most int) error {
	if len(args) < least || len(args) > most {
		return Errorf("TypeError", "%s() takes %d to %d arguments (%d given)", name, least, most, len(args))
	}
	return nil
}

func str(args starlark.Tuple) (starlark.Value, error) {
	if err := arity("str", args, 0, 1); err != nil || len(args) == 0 {
		return starlark.String(""), err
	}
	return starlark.String(Str(args[0])), nil
}

func repr(args starlark.Tuple) (starlark.Value, error) {
	if err := arity("repr", args, 1, 1); err != nil {
		return nil, err
	}
	return starlark.String(Repr(args[0])), nil
}

// class is the value of type(x).
type class struct{ name string }

func (c class) Freeze()               {}
func (c class) Hash() (uint32, error) { return starlark.String(c.name).Hash() }
func (c class) String() string        { return "<class '" + c.name + "'>" }
func (c class) Truth() starlark.Bool  { return true }
func (c class) Type() string          { return "type" }
func (c class) AttrNames() []string   { return []string{"__name__"} }

// Attr implements starlark.HasAttrs.
func (c class) Attr(name string) (starlark.Value, error) {
	if name == "__name__" {
		return starlark.String(c.name), nil
	}
	return nil, nil
}

func typeOf(args starlark.Tuple) (starlark.Value, error) {
	if err := arity("type", args, 1, 1); err != nil {
		return nil, err
	}
	return class{TypeName(args[0])}, nil
}

func isInstance(args starlark.Tuple) (starlark.Value, error) {
	if err := arity("isinstance", args, 2, 2); err != nil {
		return nil, err
	}
	types, ok := args[1].(starlark.Tuple)
	if !ok {
		types = starlark.Tuple{args[1]}
	}
	have := TypeName(args[0])
	for _, t := range types {
		var want string
		switch t := t.(type) {
		case *starlark.Builtin:
			want = t.Name()
		case class:
			want = t.name
		case exceptionClass:
			want = t.name
		default:
			return nil, Errorf("TypeError", "isinstance() arg 2 must be a type or a tuple of types")
		}
		if want == have || want == "int" && have == "bool" {
			return starlark.True, nil
		}
	}
	return starlark.False, nil
}

func power(args starlark.Tuple) (starlark.Value, error) {
	if err := arity("pow", args, 2, 2); err != nil {
		return nil, err
	}
	x, okX := args[0].(starlark.Int)
	y, okY := args[1].(starlark.Int)
	if okX && okY && y.Sign() >= 0 {
		base, exp := x.BigInt(), y.BigInt()
		return starlark.MakeBigInt(base.Exp(base, exp, nil)), nil
	}
	fx, okX := starlark.AsFloat(args[0])
	fy, okY := starlark.AsFloat(args[1])
	if !okX || !okY {
		return nil, Errorf("TypeError", "unsupported operand type(s) for pow(): '%s' and '%s'", TypeName(args[0]), TypeName(args[1]))
	}
	return starlark.Float(math.Pow(fx, fy)), nil
}

func sum(args starlark.Tuple) (starlark.Value, error) {
	if err := arity("sum", args, 1, 2); err != nil {
		return nil, err
	}
	list, ok := args[0].(starlark.Iterable)
	if !ok {
		return nil, Errorf("TypeError", "'%s' object is not iterable", TypeName(args[0]))
	}
	total := starlark.Value(starlark.MakeInt(0))
	if len(args) == 2 {
		total = args[1]
	}
	for _, x := range items(list) {
		var err error
		if total, err = starlark.Binary(syntax.PLUS, total, x); err != nil {
			return nil, err
		}
	}
	return total, nil
}

func round(args starlark.Tuple) (starlark.Value, error) {
	if err := arity("round", args, 1, 2); err != nil {
		return nil, err
	}
	f, ok := starlark.AsFloat(args[0])
	if !ok {
		return nil, Errorf("TypeError", "type %s doesn't define __round__ method", TypeName(args[0]))
	}
	if len(args) == 1 || args[1] == starlark.None {
		return starlark.NumberToInt(starlark.Float(math.RoundToEven(f)))
	}
	digits, err := starlark.AsInt32(args[1])
	if err != nil {
		return nil, Errorf("TypeError", "'%s' object cannot be interpreted as an integer", TypeName(args[1]))
	}
	if digits < 0 {
		scale := math.Pow10(-digits)
		return starlark.Float(math.RoundToEven(f/scale) * scale), nil
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'f', digits, 64), 64)
	return starlark.Float(rounded), err
}
