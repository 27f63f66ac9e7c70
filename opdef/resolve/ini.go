package resolve

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guild/opdef"
	"guild/runs/pyyaml"
)

// decodeINI reads sections of NAME = VALUE or NAME: VALUE. Values are numbers, yes and no, and texts; a line that is indented
// goes on with the value before it.
func decodeINI(data []byte) (any, error) {
	conf := map[string]any{}
	var section map[string]any
	last := ""
	texts := map[string]string{}
	finish := func() {
		for name, text := range texts {
			section[name] = pyyaml.DecodeScalar(text)
		}
		clear(texts)
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		raw := lines.Text()
		line := strings.TrimSpace(raw)
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case raw[0] == '[' && strings.HasSuffix(line, "]"):
			finish()
			name := line[1 : len(line)-1]
			section, _ = conf[name].(map[string]any)
			if section == nil {
				section = map[string]any{}
				conf[name] = section
			}
			last = ""
		case section == nil:
			return nil, fmt.Errorf("line %d: a value before the first [section]", n)
		case (raw[0] == ' ' || raw[0] == '\t') && last != "":
			texts[last] += "\n" + line
		default:
			i := strings.IndexAny(line, "=:")
			if i <= 0 {
				return nil, fmt.Errorf("line %d: '%s' is neither a section nor NAME = VALUE", n, line)
			}
			last = strings.ToLower(strings.TrimSpace(line[:i]))
			texts[last] = strings.TrimSpace(line[i+1:])
		}
	}
	finish()
	return conf, lines.Err()
}

// encodeINI writes what configparser reads: sections and names in order, values outside of any in DEFAULT.
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
	case bool:
		if v {
			return "True"
		}
		return "False"
	}
	return opdef.FormatValue(v)
}
