package flagvalue

import (
	"fmt"
	"strings"
)

// ExpandRefs replaces each ${REF} in s by the result of value. A backslash before the dollar sign keeps the text. A reference without
// a closing brace is text.
func ExpandRefs(s string, value func(ref string) (string, error)) (string, error) {
	i := strings.Index(s, "${")
	if i < 0 {
		return s, nil
	}
	var b strings.Builder
	for ; i >= 0; i = strings.Index(s, "${") {
		if i > 0 && s[i-1] == '\\' {
			b.WriteString(s[:i-1] + "${")
			s = s[i+2:]
			continue
		}
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			break
		}
		text, err := value(s[i+2 : i+end])
		if err != nil {
			return "", err
		}
		b.WriteString(s[:i] + text)
		s = s[i+end+1:]
	}
	b.WriteString(s)
	return b.String(), nil
}

// SoleRef returns the name if s is one reference and nothing else.
func SoleRef(s string) (string, bool) {
	if !strings.HasPrefix(s, "${") || strings.IndexByte(s, '}') != len(s)-1 {
		return "", false
	}
	return s[2 : len(s)-1], true
}

// ExpandFlags replaces each ${FLAG} in s by the value of the flag. The error names a flag that is not in vals.
func ExpandFlags(s string, vals map[string]any) (string, error) {
	return ExpandRefs(s, func(ref string) (string, error) {
		v, ok := vals[ref]
		if !ok {
			return "", fmt.Errorf("undefined reference '%s'", ref)
		}
		return PlainText(v), nil
	})
}
