package pyyaml

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

var errNoMapping = errors.New("it is no mapping of names to values")

// DataMarshaler is implemented by fields whose value in YAML has a different form than their Go type.
type DataMarshaler interface {
	Data() any
}

// DataUnmarshaler is implemented by fields, or pointers to them, that are set from the value that DataMarshaler or Guild AI wrote.
type DataUnmarshaler interface {
	SetData(v any) error
}

// Fields converts the fields of a struct to a mapping. Tags give their names: `yaml:"NAME"`, or `yaml:"NAME,omitempty"` to omit nil, zero
// and empty values. Fields without a tag are omitted. The type of a field can be that of a value, a slice or map of such types, a
// struct, or a DataMarshaler.
func Fields(v any) map[string]any { return fields(reflect.ValueOf(v)) }

func fields(v reflect.Value) map[string]any {
	out := map[string]any{}
	for i := range v.NumField() {
		name, omitEmpty := tagOf(v.Type().Field(i))
		if field := v.Field(i); name != "" && (!omitEmpty || !isEmpty(field)) {
			out[name] = data(field)
		}
	}
	return out
}

// tagOf returns the name in the tag of a field, or an empty string if it has none.
func tagOf(f reflect.StructField) (name string, omitEmpty bool) {
	name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name, option == "omitempty"
}

func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	}
	return v.IsZero()
}

// data converts a field to a value of this package.
func data(v reflect.Value) any {
	if m, ok := v.Interface().(DataMarshaler); ok {
		return m.Data()
	}
	switch v.Kind() {
	case reflect.Struct:
		return fields(v)
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = data(v.Index(i))
		}
		return list
	case reflect.Map:
		m := make(map[string]any, v.Len())
		for _, k := range v.MapKeys() {
			m[k.String()] = data(v.MapIndex(k))
		}
		return m
	case reflect.String: // including named string types
		return v.String()
	}
	return v.Interface()
}

// SetFields sets the fields of the struct that to points to from a mapping that Fields made. It ignores values of a wrong type and names
// without a field, because Guild AI writes the same mappings with additional values. A string field accepts any scalar. The error is that
// of a DataUnmarshaler, or says that v is not a mapping.
func SetFields(v, to any) error { return setFields(v, reflect.ValueOf(to).Elem()) }

func setFields(v any, to reflect.Value) error {
	m, ok := v.(map[string]any)
	if !ok {
		return errNoMapping
	}
	for i := range to.NumField() {
		name, _ := tagOf(to.Type().Field(i))
		value, ok := m[name]
		if name == "" || !ok {
			continue
		}
		if err := set(value, to.Field(i)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func set(v any, to reflect.Value) error {
	if u, ok := to.Addr().Interface().(DataUnmarshaler); ok {
		return u.SetData(v)
	}
	switch to.Kind() {
	case reflect.Struct:
		return setFields(v, to)
	case reflect.Slice:
		list, ok := v.([]any)
		if !ok {
			return nil
		}
		to.Set(reflect.MakeSlice(to.Type(), len(list), len(list)))
		for i, e := range list {
			if err := set(e, to.Index(i)); err != nil {
				return err
			}
		}
		return nil
	case reflect.Map:
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		to.Set(reflect.MakeMapWithSize(to.Type(), len(m)))
		for k, e := range m {
			value := reflect.New(to.Type().Elem()).Elem()
			if err := set(e, value); err != nil {
				return fmt.Errorf("%s: %w", k, err)
			}
			to.SetMapIndex(reflect.ValueOf(k).Convert(to.Type().Key()), value)
		}
		return nil
	}
	setScalar(v, to)
	return nil
}

func setScalar(v any, to reflect.Value) {
	switch to.Kind() {
	case reflect.Interface:
		if v != nil {
			to.Set(reflect.ValueOf(v))
		}
	case reflect.String:
		if text, ok := v.(string); ok {
			to.SetString(text)
		} else if text, ok := scalarText(v); ok && v != nil {
			to.SetString(text)
		}
	case reflect.Float64:
		if n, ok := Number(v); ok {
			to.SetFloat(n)
		}
	case reflect.Int:
		if n, ok := v.(int); ok {
			to.SetInt(int64(n))
		}
	case reflect.Bool:
		if b, ok := v.(bool); ok {
			to.SetBool(b)
		}
	}
}
