package python

import (
	"bytes"
	"encoding/json"
	"math"
)

// flagAnswer is a flag as guild_flags.py describes it.
type flagAnswer struct {
	Name     string            `json:"name"`
	Help     string            `json:"help,omitempty"`
	Type     string            `json:"type,omitempty"`
	Default  json.RawMessage   `json:"default,omitempty"`
	Choices  []json.RawMessage `json:"choices,omitempty"`
	Required bool              `json:"required,omitempty"`
	Arg      string            `json:"arg,omitempty"`
	Switch   *bool             `json:"switch,omitempty"`
	Off      string            `json:"off,omitempty"`
	Split    bool              `json:"split,omitempty"`
	Text     bool              `json:"text,omitempty"`
	Omit     bool              `json:"omit,omitempty"`
	Early    bool              `json:"early,omitempty"`

	Encoding map[string]string `json:"encoding,omitempty"`
}

func (a flagAnswer) flag() Flag {
	f := Flag{Name: a.Name, Description: a.Help, Type: a.Type, Default: jsonValue(a.Default), Required: a.Required,
		ArgName: a.Arg, ArgOff: a.Off, ArgSplit: a.Split, ArgEncoding: a.Encoding, Text: a.Text, Early: a.Early}
	for _, c := range a.Choices {
		f.Choices = append(f.Choices, jsonValue(c))
	}
	if a.Omit {
		f.ArgOmit = f.Default
	}
	if a.Switch != nil {
		f.ArgSwitch = *a.Switch
	}
	return f
}

// jsonValue decodes a scalar. Unlike json.Unmarshal it distinguishes integers from floats, and accepts the numbers that JSON does not
// allow.
func jsonValue(data json.RawMessage) any {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return nil
	}
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(n)
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case map[string]any:
		switch v["float"] {
		case "inf":
			return math.Inf(1)
		case "-inf":
			return math.Inf(-1)
		}
		return math.NaN()
	}
	return v
}
