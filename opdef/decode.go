package opdef

import (
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/program"
)

// Decode reads the text of a value for an operation whose flags are passed to dest. The value may be a list or a SearchSpace. The text
// of a flag with several values stays a text, whose parts are decoded later.
func (f CommandFlag) Decode(text, dest string) (any, error) {
	if f.ArgSplit != "" {
		return f.decodeParts(text, dest)
	}
	if s, ok := flagvalue.ParseSearchSpace(text); ok {
		return s, nil
	}
	if !f.Text {
		return flagvalue.DecodeTyped(text, f.Type)
	}
	if strings.HasPrefix(text, "{") {
		return text, nil
	}
	v, err := flagvalue.DecodeText(text)
	if err != nil {
		return nil, err
	}
	if b, ok := flagvalue.DecodeScalar(text, text).(bool); ok && len(f.ArgEncoding) > 0 {
		return b, nil
	}
	return v, nil
}

// decodeParts decodes a text with several values, or a list in which each item is such a text, a list of values or one value.
func (f CommandFlag) decodeParts(text, dest string) (any, error) {
	if program.TakesText(dest) {
		return flagvalue.DecodeTyped(text, flagvalue.TypeString)
	}
	v, err := flagvalue.Decode(text)
	if list, ok := v.([]any); ok && err == nil {
		for i, item := range list {
			switch item.(type) {
			case string, []any:
			default:
				list[i] = []any{item}
			}
		}
		return list, nil
	}
	return flagvalue.DecodeTyped(text, flagvalue.TypeString)
}
