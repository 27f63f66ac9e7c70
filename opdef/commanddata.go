package opdef

import "fmt"

// Data is the template as plain values, in the form of the op attribute of a run.
func (c Command) Data() map[string]any {
	args := make([]any, len(c.Args))
	for i, a := range c.Args {
		args[i] = a
	}
	data := map[string]any{"cmd-args": args}
	if len(c.Env) > 0 {
		data["cmd-env"] = c.Env
	}
	if len(c.Flags) > 0 {
		flags := make(map[string]any, len(c.Flags))
		for name, f := range c.Flags {
			flags[name] = f.data()
		}
		data["cmd-flags"] = flags
	}
	if c.FlagsDest != "" {
		data["flags-dest"] = c.FlagsDest
	}
	return data
}

func (f CommandFlag) data() map[string]any {
	data := map[string]any{}
	if f.ArgName != "" {
		data["arg-name"] = f.ArgName
	}
	if f.ArgSkip {
		data["arg-skip"] = true
	}
	if f.ArgSwitch != nil {
		data["arg-switch"] = f.ArgSwitch
	}
	if f.ArgOff != "" {
		data["arg-off"] = f.ArgOff
	}
	if f.ArgSplit != "" {
		data["arg-split"] = f.ArgSplit
	}
	if f.Type != "" {
		data["type"] = f.Type
	}
	if f.Text {
		data["text"] = true
	}
	if f.EnvName != "" {
		data["env-name"] = f.EnvName
	}
	for key, enc := range map[string]map[string]string{"arg-encoding": f.ArgEncoding, "env-encoding": f.EnvEncoding} {
		if len(enc) > 0 {
			m := make(map[string]any, len(enc))
			for k, v := range enc {
				m[k] = v
			}
			data[key] = m
		}
	}
	return data
}

// ParseCommand reads what Data wrote, or what Guild AI did.
func ParseCommand(data any) (Command, error) {
	m, _ := data.(map[string]any)
	args, ok := m["cmd-args"].([]any)
	if !ok {
		return Command{}, ErrNoCommand
	}
	c := Command{Flags: map[string]CommandFlag{}}
	for _, a := range args {
		c.Args = append(c.Args, plainText(a))
	}
	c.Env, _ = m["cmd-env"].(map[string]any)
	c.FlagsDest, _ = m["flags-dest"].(string)
	flags, _ := m["cmd-flags"].(map[string]any)
	for name, v := range flags {
		f, ok := v.(map[string]any)
		if !ok {
			return Command{}, fmt.Errorf("read the recorded command: flag '%s' is no mapping", name)
		}
		c.Flags[name] = parseCommandFlag(f)
	}
	return c, nil
}

func parseCommandFlag(m map[string]any) CommandFlag {
	f := CommandFlag{ArgSwitch: m["arg-switch"]}
	f.ArgName, _ = m["arg-name"].(string)
	f.ArgSkip, _ = m["arg-skip"].(bool)
	f.ArgOff, _ = m["arg-off"].(string)
	f.Type, _ = m["type"].(string)
	f.Text, _ = m["text"].(bool)
	f.EnvName, _ = m["env-name"].(string)
	switch split := m["arg-split"].(type) {
	case string:
		f.ArgSplit = split
	case bool:
		if split {
			f.ArgSplit = splitShell
		}
	}
	f.ArgEncoding = parseEncoding(m["arg-encoding"])
	f.EnvEncoding = parseEncoding(m["env-encoding"])
	return f
}

func parseEncoding(v any) map[string]string {
	m, _ := v.(map[string]any)
	if len(m) == 0 {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		key, err := DecodeValue(k)
		if err != nil {
			key = k
		}
		out[FormatValue(key)] = plainText(v)
	}
	return out
}
