package metrics

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"

	"guild/runs/pattern"
)

// maxObject is the size of the largest object that takes several lines, in bytes.
const maxObject = 16 << 20

// readObjects reads JSON objects: one per line, or a single object or list that takes several lines.
func readObjects(lines *lineReader, f func(Value)) error {
	var several []byte // lines since the last complete object
	var row int64
	for {
		line, ended, err := lines.next()
		if err != nil {
			return endOf(err)
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		// A line that begins like an object is an object or begins one; an incomplete object before it is dropped.
		begins := line[0] == '{' || line[0] == '['
		if begins || len(several) == 0 {
			several = several[:0]
			if objects, ok := decode(line); ok {
				for _, o := range objects {
					emit(o, row, f)
					row++
				}
				continue
			}
		}
		if several = append(append(several, line...), '\n'); len(several) > maxObject {
			several = several[:0]
		}
		if end := line[0]; end != '}' && end != ']' && ended {
			continue
		}
		objects, _ := decode(several)
		several = several[:0]
		for _, o := range objects {
			emit(o, row, f)
			row++
		}
	}
}

// notJSON matches numbers that Python writes and JSON does not allow. It also matches strings, which are left unchanged.
var notJSON = pattern.Lazy(`"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b`)

// decode decodes an object or a list of objects.
func decode(text []byte) ([]map[string]any, bool) {
	v, err := decodeValue(text)
	if err != nil && (bytes.Contains(text, []byte("NaN")) || bytes.Contains(text, []byte("Infinity"))) {
		v, err = decodeValue(notJSON().ReplaceAllFunc(text, func(word []byte) []byte {
			if word[0] == '"' {
				return word
			}
			return slices.Concat([]byte(`"`), word, []byte(`"`))
		}))
	}
	if err != nil {
		return nil, false
	}
	switch v := v.(type) {
	case map[string]any:
		return []map[string]any{v}, true
	case []any:
		var objects []map[string]any
		for _, item := range v {
			if o, ok := item.(map[string]any); ok {
				objects = append(objects, o)
			}
		}
		return objects, true
	}
	return nil, true
}

func decodeValue(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, io.ErrUnexpectedEOF
	}
	return v, nil
}

// emit calls f for each number in an object, in the order of the names.
func emit(o map[string]any, row int64, f func(Value)) {
	at := Value{Step: row}
	skip := map[string]bool{}
	for _, name := range stepNames {
		text, ok := scalarText(o[name])
		if !ok {
			continue
		}
		v, ok := number(text)
		if !ok {
			return // the step of these values is unknown
		}
		if at.Step, ok = stepOf(v); !ok {
			return
		}
		skip[name] = true
		break
	}
	for _, name := range timeNames {
		if text, ok := scalarText(o[name]); ok {
			at.Time = timeOf(text)
			skip[name] = true
			break
		}
	}
	var walk func(prefix string, o map[string]any)
	walk = func(prefix string, o map[string]any) {
		for _, name := range slices.Sorted(maps.Keys(o)) {
			if prefix == "" && skip[name] || name == "" {
				continue
			}
			if nested, ok := o[name].(map[string]any); ok {
				walk(prefix+name+"/", nested)
				continue
			}
			text, ok := scalarText(o[name])
			if !ok {
				continue
			}
			if _, isText := o[name].(string); isText && !isSpecial(text) {
				continue
			}
			if v, ok := number(text); ok {
				at.Tag, at.Value = prefix+name, v
				f(at)
			}
		}
	}
	walk("", o)
}

// scalarText returns the text of a number or string.
func scalarText(v any) (string, bool) {
	switch v := v.(type) {
	case json.Number:
		return v.String(), true
	case string:
		return v, true
	}
	return "", false
}

// isSpecial reports whether a text is a number that JSON does not allow. Libraries write such numbers as texts.
func isSpecial(text string) bool {
	switch strings.TrimLeft(strings.ToLower(text), "+-") {
	case "nan", "inf", "infinity":
		return true
	}
	return false
}
