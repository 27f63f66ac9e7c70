// Package configfile reads config files of several kinds: YAML, JSON, TOML and INI. Values are those of package pyyaml.
package configfile

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"guild/runs/pyyaml"
)

// Kinds names the supported kinds of config files in messages.
const Kinds = ".yml, .json, .toml, .ini and .cfg, each with or without .in"

// ErrUnknown is the error of a file whose extension is not supported.
var ErrUnknown = errors.New("unknown kind of config file; known are " + Kinds)

// Ext returns the extension of a config file in lower case, without the extension .in of a template.
func Ext(path string) string {
	return strings.ToLower(filepath.Ext(strings.TrimSuffix(path, ".in")))
}

// Known reports whether the extension of a file is supported.
func Known(path string) bool { return decoder(path) != nil }

func decoder(path string) func([]byte) (any, error) {
	switch Ext(path) {
	case ".yml", ".yaml":
		return pyyaml.Decode
	case ".json":
		return decodeJSON
	case ".toml":
		return decodeTOML
	case ".ini", ".cfg":
		return decodeINI
	}
	return nil
}

// Decode decodes the text of a config file, whose kind is given by its extension. An empty file has no values.
func Decode(path string, data []byte) (map[string]any, error) {
	v, err := DecodeAny(path, data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	conf, ok := v.(map[string]any)
	if !ok && v != nil {
		return nil, fmt.Errorf("%s: it is no mapping of names to values", path)
	}
	if conf == nil {
		conf = map[string]any{}
	}
	return conf, nil
}

// DecodeAny is Decode for a file that may hold any value. Errors do not name the file.
func DecodeAny(path string, data []byte) (any, error) {
	decode := decoder(path)
	if decode == nil {
		return nil, ErrUnknown
	}
	return decode(data)
}

// Flatten returns the values of a config by name. Names of nested values are joined with dots. Empty mappings have no values.
func Flatten(conf map[string]any) map[string]any {
	out := map[string]any{}
	flatten(out, "", conf)
	return out
}

func flatten(out map[string]any, prefix string, conf map[string]any) {
	for name, v := range conf {
		if sub, ok := v.(map[string]any); ok {
			flatten(out, prefix+name+".", sub)
			continue
		}
		out[prefix+name] = v
	}
}
