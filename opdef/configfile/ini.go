package configfile

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// decodeINI parses sections of NAME = VALUE or NAME: VALUE. DEFAULT is a section like others. Names become lower case, as in Python's
// configparser. An indented line continues the value before it.
func decodeINI(data []byte) (any, error) {
	conf := map[string]any{}
	var section map[string]any
	name, text := "", ""
	finish := func() {
		if name != "" {
			section[name] = iniValue(text)
		}
		name = ""
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		raw := lines.Text()
		line := strings.TrimSpace(raw)
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case name != "" && (raw[0] == ' ' || raw[0] == '\t'):
			text += "\n" + line
		case line[0] == '[' && strings.HasSuffix(line, "]"):
			finish()
			title := line[1 : len(line)-1]
			section, _ = conf[title].(map[string]any)
			if section == nil {
				section = map[string]any{}
				conf[title] = section
			}
		case section == nil:
			return nil, fmt.Errorf("line %d: a value before the first [section]", n)
		default:
			finish()
			i := strings.IndexAny(line, "=:")
			if i <= 0 {
				return nil, fmt.Errorf("line %d: '%s' is neither a [section] nor NAME = VALUE", n, line)
			}
			name, text = strings.ToLower(strings.TrimSpace(line[:i])), strings.TrimSpace(line[i+1:])
		}
	}
	finish()
	if err := lines.Err(); err != nil {
		return nil, err
	}
	return conf, nil
}

// iniValue decodes a value without a type: numbers, yes and no, and texts.
func iniValue(text string) any {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) && !strings.ContainsAny(text, "_xX") {
		return f
	}
	switch strings.ToLower(text) {
	case "yes", "true", "on":
		return true
	case "no", "false", "off":
		return false
	}
	return text
}
