package grammar

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// fields are the options and arguments that a struct declares.
type fields struct {
	options []*Option
	args    []*Arg
}

// read returns the options and arguments of the command itself, without those of the commands above it.
//
// kong could do this, but needs a millisecond at every start for a command with many options. Tests compare the results with kong's.
func (c *Command) read() *fields {
	if c.fields == nil {
		c.fields = &fields{}
		if c.Struct != nil {
			c.fields.add(c, reflect.ValueOf(c.Struct).Elem(), nil)
		}
	}
	return c.fields
}

// add adds the fields of a struct. renamed are new names of options of an embedded struct by their own names: its tag rename has them, as
// in rename:"tag=run-tag,old=new", where the command needs the name for something else.
func (f *fields) add(owner *Command, v reflect.Value, renamed map[string]string) {
	t := v.Type()
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.Tag.Get("kong") == "-" {
			continue
		}
		if _, embed := sf.Tag.Lookup("embed"); sf.Anonymous || embed {
			f.add(owner, v.Field(i), renames(sf.Tag))
			continue
		}
		if !sf.IsExported() {
			continue
		}
		name := sf.Tag.Get("name")
		if name == "" {
			name = dashed(sf.Name)
		}
		name = cmp.Or(renamed[name], name)
		if _, isArg := sf.Tag.Lookup("arg"); isArg {
			f.args = append(f.args, newArg(name, field{v.Field(i), sf.Tag}))
		} else {
			f.options = append(f.options, newOption(owner, name, field{v.Field(i), sf.Tag}))
		}
	}
}

func renames(tag reflect.StructTag) map[string]string {
	names := map[string]string{}
	for _, pair := range (field{tag: tag}).list("rename") {
		before, after, _ := strings.Cut(pair, "=")
		names[before] = after
	}
	return names
}

func newArg(name string, f field) *Arg {
	a := &Arg{Name: name, Help: f.help(), Complete: f.tag.Get("complete"), Repeated: f.target.Kind() == reflect.Slice, field: f}
	_, a.Optional = f.tag.Lookup("optional")
	_, a.Passthrough = f.tag.Lookup("passthrough")
	return a
}

func newOption(owner *Command, name string, f field) *Option {
	o := &Option{Help: f.help(), Group: f.tag.Get("group"), Complete: f.tag.Get("complete"), owner: owner, long: "--" + name, field: f}
	_, o.Hidden = f.tag.Lookup("hidden")
	for _, key := range []string{"short", "short2"} {
		if short := f.tag.Get(key); short != "" {
			o.Names = append(o.Names, "-"+short)
		}
	}
	o.Names = append(o.Names, o.long)
	for _, alias := range f.list("aliases") {
		o.Names = append(o.Names, "--"+alias)
	}
	if f.target.Kind() != reflect.Bool && f.tag.Get("type") != "counter" {
		o.Value = f.placeholder(name)
	}
	return o
}

// placeholder returns what stands for the value in help texts.
func (f field) placeholder(name string) string {
	text := f.tag.Get("placeholder")
	if text == "" {
		if text = f.tag.Get("default"); text != "" && f.target.Kind() == reflect.String {
			text = strconv.Quote(text)
		}
	}
	if text == "" {
		text = strings.ToUpper(name)
	}
	if f.target.Kind() == reflect.Slice && f.tag.Get("sep") != "none" {
		text += ",..."
	}
	return text
}

// help returns the help text, with ${default} replaced by the default and $$ by a dollar sign.
func (f field) help() string {
	text := f.tag.Get("help")
	if !strings.Contains(text, "$") {
		return text
	}
	return strings.NewReplacer("$$", "$", "${default}", f.tag.Get("default")).Replace(text)
}

// list returns the items of a tag whose value is a list.
func (f field) list(key string) []string {
	return strings.FieldsFunc(f.tag.Get(key), func(r rune) bool { return r == ',' || r == ' ' })
}

// dashed converts the name of a field to that of an option: BreakOnError to break-on-error.
func dashed(name string) string {
	runes := []rune(name)
	var out []rune
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) &&
			(unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			out = append(out, '-')
		}
		out = append(out, unicode.ToLower(r))
	}
	return string(slices.Clip(out))
}
