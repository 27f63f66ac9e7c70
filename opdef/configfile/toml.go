package configfile

import (
	"bytes"
	"fmt"
	"time"

	"github.com/BurntSushi/toml"
)

// decodeTOML reads dates and times as texts.
func decodeTOML(data []byte) (any, error) {
	var conf map[string]any
	if err := toml.Unmarshal(data, &conf); err != nil {
		return nil, err
	}
	return plain(conf), nil
}

// timeText returns a TOML date or time as a text.
func timeText(t time.Time) string {
	text, err := t.MarshalText()
	if err != nil { // beyond year 9999
		return fmt.Sprint(t)
	}
	return string(text)
}

// EncodeTOML writes a config as TOML, which has no null: names without a value are left out.
func EncodeTOML(conf map[string]any) ([]byte, error) {
	var b bytes.Buffer
	enc := toml.NewEncoder(&b)
	enc.Indent = ""
	err := enc.Encode(withoutNulls(conf))
	return b.Bytes(), err
}

func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, e := range v {
			if e != nil {
				out[name] = withoutNulls(e)
			}
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, e := range v {
			if e != nil {
				out = append(out, withoutNulls(e))
			}
		}
		return out
	}
	return v
}
