package opdef

import (
	"fmt"

	"guild/opdef/flagvalue"
	"guild/runs/pyyaml"
)

// Data returns the template as plain values, in the form of the attribute op of a run.
func (c Command) Data() map[string]any { return pyyaml.Fields(c) }

// SetData reads values that Data or Guild AI wrote. The error is ErrNoCommand if they hold no command.
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

// ParseCommand returns the command that Data or Guild AI wrote, see SetData.
func ParseCommand(data any) (Command, error) {
	var c Command
	return c, c.SetData(data)
}

// Separator is the attribute arg-split of a flag: a separator, or "shlex" to split as a shell does.
type Separator string

// SetData reads a separator. Guild AI writes true for "shlex".
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

// Encoding maps values, as flagvalue.Format writes them, to the texts that are passed in place of them.
type Encoding map[string]string

// SetData reads an encoding. Its keys may be any spelling of a value.
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
