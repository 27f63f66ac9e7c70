package grammar

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// Bind sets the fields of the structs of the program and of the command from the line. The error is a *Mistake.
func (l *Line) Bind() error {
	if l.mistake != nil {
		if len(l.given) > 0 {
			_ = l.fill(l.program, nil) // so that global options such as -C apply to whatever explains the mistake
		}
		return l.mistake
	}
	if l.Command != l.program && slices.ContainsFunc(l.given, func(g setting) bool { return g.option.owner == l.program }) {
		if _, err := l.bind(l.program, nil); err != nil {
			return err
		}
	}
	ctx, err := l.bind(l.Command.runs(), l.Args)
	l.bound = ctx
	return err
}

// Run calls the method Run of the command's struct, after Bind. Each of its parameters gets the value of that type. A value that is a
// function provides the type that it returns; it is called at most once, and only if the command or another function needs that type.
func (l *Line) Run(values ...any) error {
	for _, v := range values {
		if reflect.TypeOf(v).Kind() != reflect.Func {
			l.bound.Bind(v)
			continue
		}
		if err := l.bound.BindSingletonProvider(v); err != nil {
			return fmt.Errorf("bind %T: %w", v, err)
		}
	}
	return l.bound.Run()
}

// bind lets kong set the fields of one command's struct from the options that belong to it, and the arguments.
func (l *Line) bind(c *Command, args []string) (*kong.Context, error) {
	parser, err := l.parser(c)
	if err != nil {
		return nil, err
	}
	ctx, err := parser.Parse(l.canonical(c, args))
	if err != nil {
		return nil, l.refused(err)
	}
	return ctx, nil
}

// refused converts an error of kong to a Mistake. kong only finds values that cannot be decoded and options that exclude each other; Scan
// finds everything else.
func (l *Line) refused(err error) error {
	var bad *badValue
	var parse *kong.ParseError
	switch {
	case errors.As(err, &bad):
		return &Mistake{Kind: BadValue, At: l.Command, Word: bad.name, Err: bad}
	case errors.As(err, &parse):
		return &Mistake{Kind: Conflict, At: l.Command, Err: err}
	}
	return err
}

// fill sets the fields of a command's struct from a line that is still being typed: required arguments may be missing.
func (l *Line) fill(c *Command, args []string) error {
	parser, err := l.parser(c)
	if err != nil {
		return err
	}
	ctx, err := kong.Trace(parser, l.canonical(c, args))
	if err == nil {
		err = ctx.Error
	}
	if err == nil {
		_, err = ctx.Apply()
	}
	return err
}

// canonical returns the command's options and the arguments in the form that is passed to kong.
func (l *Line) canonical(c *Command, args []string) []string {
	var words []string
	for _, g := range l.given {
		if g.option.owner != c {
			continue
		}
		word := g.option.Long()
		if g.valued {
			word += "=" + g.value
		}
		words = append(words, word)
	}
	if len(args) > 0 {
		words = append(append(words, "--"), args...)
	}
	return words
}

// parser returns a kong parser for one command. Its model is built here from the result of read, which is faster than kong's reflection.
// Options that are not given and have no default are left out, since kong would not change their fields.
func (l *Line) parser(c *Command) (*kong.Kong, error) {
	k, err := kong.New(&struct{}{}, kong.NoDefaultHelp(), kong.Name(c.Path()))
	if err != nil {
		return nil, fmt.Errorf("command '%s': %w", c.Path(), err)
	}
	mappers, node := kong.NewRegistry().RegisterDefaults(), k.Model.Node
	if c.Struct != nil {
		node.Target = reflect.ValueOf(c.Struct).Elem()
	}
	f := c.read()
	for _, o := range f.options {
		if _, isDefault := o.tag.Lookup("default"); !isDefault && !l.gives(o) {
			continue
		}
		value := o.value(o.Long()[2:], o.Long(), mappers)
		value.Flag = &kong.Flag{Value: value, Xor: value.Tag.Xor}
		node.Flags = append(node.Flags, value.Flag)
	}
	for i, a := range f.args {
		value := a.value(a.Name, strings.ToUpper(a.Name), mappers)
		value.Required, value.Position = !a.Optional, i
		node.Positional = append(node.Positional, value)
	}
	return k, nil
}

// gives reports whether the line has the option.
func (l *Line) gives(o *Option) bool {
	return slices.ContainsFunc(l.given, func(g setting) bool { return g.option == o })
}

// value returns the field as kong models it. shown is the name of the field in messages.
func (f field) value(name, shown string, mappers *kong.Registry) *kong.Value {
	tag := &kong.Tag{Name: name, Type: f.tag.Get("type"), Default: f.tag.Get("default"), Enum: f.tag.Get("enum"), Xor: f.list("xor"),
		Sep: ',', MapSep: ';'}
	_, tag.HasDefault = f.tag.Lookup("default")
	if f.tag.Get("sep") == "none" {
		tag.Sep = -1
	}
	return &kong.Value{Name: name, HasDefault: tag.HasDefault, Default: tag.Default, Enum: tag.Enum, Tag: tag, Target: f.target,
		DefaultValue: reflect.New(f.target.Type()).Elem(), Mapper: mapper{mappers.ForNamedValue(tag.Type, f.target), shown}}
}

// mapper decodes values as kong does, but with error messages of its own.
type mapper struct {
	kong.Mapper
	shown string
}

// IsBool reports whether the value is a bool.
func (m mapper) IsBool() bool {
	b, ok := m.Mapper.(kong.BoolMapper)
	return ok && b.IsBool()
}

// Decode decodes the next word.
func (m mapper) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	word := ctx.Scan.Peek().String()
	if err := m.Mapper.Decode(ctx, target); err != nil {
		return &badValue{name: m.shown, value: word, target: target.Type(), err: err}
	}
	return nil
}

// badValue is the error for a value that cannot be decoded.
type badValue struct {
	name, value string
	target      reflect.Type
	err         error // kong's
}

func (b *badValue) Unwrap() error { return b.err }

func (b *badValue) Error() string {
	t := b.target
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int64:
		if _, err := strconv.ParseInt(b.value, 0, 64); errors.Is(err, strconv.ErrRange) {
			return fmt.Sprintf("%s: '%s' is too large a number", b.name, b.value)
		}
		return fmt.Sprintf("%s: '%s' is not a whole number", b.name, b.value)
	case reflect.Float64:
		return fmt.Sprintf("%s: '%s' is not a number", b.name, b.value)
	case reflect.Bool:
		return fmt.Sprintf("%s: '%s' is neither yes nor no", b.name, b.value)
	}
	return fmt.Sprintf("%s: '%s' is not valid: %v", b.name, b.value, b.err)
}
