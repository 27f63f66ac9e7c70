package program

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"guild/opdef/configfile"
	"guild/opdef/flagvalue"
	"guild/opdef/python"
	"guild/runs/pyyaml"
	"guild/runs/words"
)

func configFlag(name string, v any) python.Flag {
	f := python.Flag{Name: name, Default: v}
	switch v := v.(type) {
	case bool:
		f.Type = flagvalue.TypeBoolean
	case int, float64:
		f.Type = flagvalue.TypeNumber
	case string:
		f.Type = flagvalue.TypeString
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			if parts[i] = words.Quote(flagvalue.Flow(e)); e == true || e == false {
				parts[i] = strconv.FormatBool(e == true)
			}
		}
		f.Default, f.ArgSplit = strings.Join(parts, " "), true
	}
	return f
}

// frontMatter returns the YAML between lines of three dashes at the start of a document.
func frontMatter(doc []byte) []byte {
	var head []byte
	inside := false
	for line := range bytes.Lines(doc) {
		switch isFence := string(bytes.TrimRight(line, " \t\r\n")) == "---"; {
		case isFence && inside:
			return head
		case isFence:
			inside = true
		case inside:
			head = append(head, line...)
		default:
			return nil
		}
	}
	return nil
}

// ConfigFlags returns the values of a config file as flags. Names of nested values are joined with dots. file is the path of the file,
// whose extension says how it is decoded.
func ConfigFlags(file string, data []byte) ([]python.Flag, error) {
	conf, err := configfile.Decode(file, data)
	if err != nil {
		return nil, err
	}
	values := configfile.Flatten(conf)
	var flags []python.Flag
	for _, name := range slices.Sorted(maps.Keys(values)) {
		flags = append(flags, configFlag(name, values[name]))
	}
	return flags, nil
}

// DocumentFlags returns the params in the front matter of a Quarto document as flags. Lists and mappings are not values of flags and are
// left out.
func DocumentFlags(doc []byte) ([]python.Flag, error) {
	head, err := pyyaml.Decode(frontMatter(doc))
	if err != nil {
		return nil, fmt.Errorf("its front matter: %w", err)
	}
	m, _ := head.(map[string]any)
	params, _ := m["params"].(map[string]any)
	var flags []python.Flag
	for _, name := range slices.Sorted(maps.Keys(params)) {
		v := params[name]
		if described, ok := v.(map[string]any); ok {
			v = described["value"]
		}
		switch v.(type) {
		case []any, map[string]any:
		default:
			flags = append(flags, configFlag(name, v))
		}
	}
	return flags, nil
}
