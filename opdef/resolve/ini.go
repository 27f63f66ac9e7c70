package resolve

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guild/opdef/flagvalue"
)

// encodeINI writes the format of configparser: sections and names in order, values outside of sections in DEFAULT.
func encodeINI(conf map[string]any) ([]byte, error) {
	sections := map[string]map[string]any{}
	for name, v := range conf {
		if m, ok := v.(map[string]any); ok {
			if sections[name] == nil {
				sections[name] = map[string]any{}
			}
			maps.Copy(sections[name], m)
			continue
		}
		if sections["DEFAULT"] == nil {
			sections["DEFAULT"] = map[string]any{}
		}
		sections["DEFAULT"][name] = v
	}
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		fmt.Fprintf(&b, "[%s]\n", name)
		for _, key := range slices.Sorted(maps.Keys(sections[name])) {
			fmt.Fprintf(&b, "%s = %s\n", key, iniValue(sections[name][key]))
		}
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

func iniValue(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.ReplaceAll(v, "\n", "\n\t")
	}
	return pythonText(v)
}

// pythonText writes a value in Python's notation, which scripts expect for lists, since the format has none.
func pythonText(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case string:
		quote := "'"
		if strings.Contains(v, "'") && !strings.Contains(v, `"`) {
			quote = `"`
		}
		return quote + strings.NewReplacer(`\`, `\\`, quote, `\`+quote, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(v) + quote
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = pythonText(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		parts := make([]string, 0, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, pythonText(name)+": "+pythonText(v[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return flagvalue.Format(v)
}
