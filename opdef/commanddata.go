package opdef

import (
	"fmt"

	"guild/opdef/flagvalue"
	"guild/runs/pyyaml"
)

// Data is the template as plain values, in the form of the op attribute of a run.
func (c Command) Data() map[string]any { return pyyaml.Fields(c) }

// SetData reads what Data wrote, or what Guild AI did.
func (c *Command) SetData(data any) error {
	m, _ := data.(map[string]any)
	if _, ok := m["cmd-args"].([]any); !ok {
		return ErrNoCommand
	}
	c.Flags = map[string]CommandFlag{}
	if err := pyyaml.SetFields(data, c); err != nil {
		return fmt.Errorf("read the recorded command: %w", err)
	}
	return nil
}

// ParseCommand reads what Data wrote, or what Guild AI did.
func ParseCommand(data any) (Command, error) {
	var c Command
	return c, c.SetData(data)
}

// Separator is the attribute arg-split of a flag: "shlex" or a separator.
type Separator string

// SetData reads a separator. Guild AI has true for what a shell splits by.
func (s *Separator) SetData(v any) error {
	switch v := v.(type) {
	case string:
		*s = Separator(v)
	case bool:
		if v {
			*s = flagvalue.SplitShell
		}
	}
	return nil
}

// Encoding is a mapping of values, as FormatValue has them, to texts that stand for them.
type Encoding map[string]string

// SetData reads an encoding, whose values may be written in other ways that mean the same.
func (e *Encoding) SetData(v any) error {
	m, _ := v.(map[string]any)
	if len(m) == 0 {
		return nil
	}
	*e = make(Encoding, len(m))
	for k, v := range m {
		key, err := flagvalue.Decode(k)
		if err != nil {
			key = k
		}
		(*e)[flagvalue.Format(key)] = flagvalue.PlainText(v)
	}
	return nil
}
