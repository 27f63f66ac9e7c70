package resolve

import (
	"cmp"
	"crypto/sha1" // names a directory
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"guild/opdef/configfile"
	"guild/opdef/flagvalue"
	"guild/opdef/resource"
	"guild/runs/plainfile"
	"guild/runs/pyyaml"
	"guild/runs/replace"
)

// findConfig finds config files and makes copies with the values of the run.
func (t *task) findConfig(src *resource.Source) ([]file, error) {
	found, err := t.findFile(src)
	if err != nil {
		return nil, err
	}
	return t.configs(src, found)
}

// configs makes files below .guild/generated with the values of the source's params and of the run's flags.
func (t *task) configs(src *resource.Source, found []file) ([]file, error) {
	for i, f := range found {
		path, err := t.config(src, f)
		if err != nil {
			return nil, err
		}
		found[i].path, found[i].kept = path, ""
	}
	return found, nil
}

// encoder returns the encoder for a config file of the kind that its name implies; nil for an unknown kind.
func encoder(name string) func(map[string]any) ([]byte, error) {
	switch configfile.Ext(name) {
	case ".yml", ".yaml":
		return func(m map[string]any) ([]byte, error) { return pyyaml.Encode(m) }
	case ".json":
		return func(m map[string]any) ([]byte, error) { return []byte(flagvalue.EncodeJSON(m)), nil }
	case ".toml":
		return configfile.EncodeTOML
	case ".cfg", ".ini":
		return encodeINI
	}
	return nil
}

// config makes the run's copy of a config file, and returns its path.
func (t *task) config(src *resource.Source, f file) (string, error) {
	path := f.path
	encode := encoder(path)
	if encode == nil {
		return "", fmt.Errorf("unsupported file type for '%s'; known are %s", path, configfile.Kinds)
	}
	data, err := plainfile.Read(f.contents())
	if err != nil {
		return "", err
	}
	conf, err := configfile.Decode(path, data)
	if err != nil {
		return "", fmt.Errorf("error loading config from %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(src.Params)) {
		if err := set(conf, name, src.Params[name]); err != nil {
			return "", fmt.Errorf("param '%s' cannot be set in %s: %w", name, src.Ref, err)
		}
	}
	if err := t.setFlags(conf); err != nil {
		return "", fmt.Errorf("%s: %w", src.Ref, err)
	}
	if data, err = encode(conf); err != nil {
		return "", fmt.Errorf("write config %s: %w", path, err)
	}
	sum := sha1.Sum([]byte(src.URI() + "\n" + path))
	target := filepath.Join(t.RunDir, ".guild", "generated", hex.EncodeToString(sum[:4]), strings.TrimSuffix(filepath.Base(path), ".in"))
	return target, replace.Bytes(target, data)
}

// setFlags sets the values of flags that have one, except flags for dependencies, which are not part of the config.
func (t *task) setFlags(conf map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(t.Values)) {
		v := t.Values[name]
		if v == nil || t.stand[name] {
			continue
		}
		f := t.Flags[name]
		if text, ok := v.(string); ok && f.ArgSplit != "" {
			v = f.Split(text)
		}
		if err := set(conf, cmp.Or(f.ArgName, name), v); err != nil {
			return fmt.Errorf("flag '%s' cannot be set: %w", name, err)
		}
	}
	return nil
}

// set sets a value by its name. If the config does not have the whole name, dots in it lead into nested mappings.
func set(m map[string]any, name string, v any) error {
	if _, ok := m[name]; ok {
		m[name] = v
		return nil
	}
	for i := strings.LastIndexByte(name, '.'); i > 0; i = strings.LastIndexByte(name[:i], '.') {
		old, ok := m[name[:i]]
		if !ok {
			continue
		}
		sub, ok := old.(map[string]any)
		if !ok {
			return fmt.Errorf("'%s' is %s and holds no other values", name[:i], flagvalue.Format(old))
		}
		return set(sub, name[i+1:], v)
	}
	head, rest, nested := strings.Cut(name, ".")
	if !nested {
		m[name] = v
		return nil
	}
	sub := map[string]any{}
	m[head] = sub
	return set(sub, rest, v)
}
