package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/opdef/help"
	"guild/opdef/steps"
	"guild/runs/console"
	"guild/runs/words"
)

// Operations is `guild operations`: it lists the operations of the project.
type Operations struct {
	Filter  []string `arg:"" optional:"" help:"Parts of names or descriptions; operations that have them all are listed." complete:"operation"`
	All     bool     `short:"a" help:"List operations whose names begin with _ too."`
	Verbose bool     `short:"v" help:"With what they run, and their flags."`
	JSON    bool     `name:"json" help:"As a JSON list of objects: name, description, default (whether it is the project's), model, label where it has a template, steps (a list of what guild run is given, or of objects: run, expect), flags (those of guild.yml, a list of objects: name, description, default, required, and where they are set type, choices, min, max, arg_name, null_label, other)."`
}

// operation is the JSON form of an operation.
type operation struct {
	Name        string `json:"name"` // with its model, as an argument of guild run
	Description string `json:"description"`
	Default     bool   `json:"default"`
	Model       string `json:"model"`
	Label       string `json:"label,omitempty"`
	Steps       []any  `json:"steps,omitempty"` // text, or step
	Flags       []flag `json:"flags"`           // those of the guild.yml
}

type step struct {
	Run    string              `json:"run"` // arguments of guild run
	Expect []map[string]string `json:"expect"`
}

type flag struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Type        string `json:"type,omitempty"`
	Default     any    `json:"default"`
	Required    bool   `json:"required"`
	Choices     []any  `json:"choices,omitempty"`

	Min       any            `json:"min,omitempty"`
	Max       any            `json:"max,omitempty"`
	ArgName   string         `json:"arg_name,omitempty"`
	NullLabel string         `json:"null_label,omitempty"`
	Other     map[string]any `json:"other,omitempty"` // attributes that guild does not interpret
}

// Run lists the operations on w. r reads the flags of scripts if they are shown.
func (c *Operations) Run(ctx context.Context, w io.Writer, projects Projects, r opdef.FlagReader) error {
	p, err := projects.LoadWhole("")
	if err != nil {
		return err
	}
	ops := c.selected(p.Operations())
	if c.JSON {
		return writeJSON(w, ops)
	}
	rows := make([][]string, len(ops))
	for i, op := range ops {
		rows[i] = []string{op.FullName(), op.Description}
	}
	if c.Verbose {
		return verbose(ctx, w, ops, rows, r)
	}
	describeAll(w, rows)
	return nil
}

// verbose writes each operation with its details. If flags cannot be read, it writes a remark instead.
func verbose(ctx context.Context, w io.Writer, ops []*opdef.Operation, rows [][]string, r opdef.FlagReader) error {
	for i, op := range ops {
		describeAll(w, rows[i:i+1])
		err := op.ImportFlags(ctx, r)
		if ctx.Err() != nil {
			return err
		}
		for _, way := range []struct{ name, text string }{{"main", op.Main}, {"exec", op.Exec}} {
			if way.text != "" {
				fmt.Fprintf(w, "  %s: %s\n", way.name, strings.TrimSpace(way.text))
			}
		}
		if len(op.Steps) > 0 {
			fmt.Fprintf(w, "  steps: %d\n", len(op.Steps))
		}
		if err != nil {
			fmt.Fprintf(w, "  note: %v\n", err)
		}
		if len(op.Flags) > 0 {
			fmt.Fprintf(w, "  flags:\n")
			help.WriteFlags(w, op.Flags, "    ")
		}
	}
	return nil
}

// describeAll writes names with the first lines of their descriptions.
func describeAll(w io.Writer, rows [][]string) {
	for i := range rows {
		rows[i][1], _, _ = strings.Cut(rows[i][1], "\n")
	}
	(&console.Console{Out: w}).Table(rows)
}

func (c *Operations) selected(ops []*opdef.Operation) []*opdef.Operation {
	out := make([]*opdef.Operation, 0, len(ops))
	for _, op := range ops {
		if (c.All || !op.IsPrivate()) && hasAll(op.FullName()+"\n"+op.Description, c.Filter) {
			out = append(out, op)
		}
	}
	return out
}

func hasAll(text string, parts []string) bool {
	text = strings.ToLower(text)
	for _, part := range parts {
		if !strings.Contains(text, strings.ToLower(part)) {
			return false
		}
	}
	return true
}

func writeJSON(w io.Writer, ops []*opdef.Operation) error {
	out := make([]operation, len(ops))
	for i, op := range ops {
		out[i] = operation{Name: op.FullName(), Description: op.Description, Default: op.Default, Model: op.Model,
			Label: op.Label, Steps: stepData(op.Steps), Flags: make([]flag, len(op.Flags))}
		for j, f := range op.Flags {
			jf := flag{Name: f.Name, Description: f.Description, Type: f.Type, Default: jsonValue(f.Default), Required: f.Required,
				Min: bound(f.Min), Max: bound(f.Max), ArgName: f.ArgName, NullLabel: f.NullLabel}
			for name, v := range f.Extra {
				if jf.Other == nil {
					jf.Other = map[string]any{}
				}
				jf.Other[name] = jsonValue(v)
			}
			for _, choice := range f.Choices {
				jf.Choices = append(jf.Choices, jsonValue(choice.Value))
			}
			out[i].Flags[j] = jf
		}
	}
	return console.WriteJSON(w, out)
}

func stepData(list []steps.Step) []any {
	var out []any
	for _, s := range list {
		run := append(append([]string{s.OpSpec}, s.Args...), s.Flags...)
		for i, word := range run {
			if name, value, ok := strings.Cut(word, "="); ok {
				run[i] = name + "=" + words.Quote(value)
			} else {
				run[i] = words.Quote(word)
			}
		}
		if len(s.Checks) == 0 {
			out = append(out, strings.Join(run, " "))
			continue
		}
		js := step{Run: strings.Join(run, " ")}
		for _, c := range s.Checks {
			check := map[string]string{}
			for key, text := range map[string]string{"file": c.File, "contains": c.Pattern, "compare-to": c.CompareTo} {
				if text != "" {
					check[key] = text
				}
			}
			if c.File == "" {
				check = map[string]string{"output": c.Pattern}
			}
			js.Expect = append(js.Expect, check)
		}
		out = append(out, js)
	}
	return out
}

func bound(f *float64) any {
	if f == nil {
		return nil
	}
	return jsonValue(*f)
}

// jsonValue replaces values that JSON cannot represent by their text on the command line, and keeps floats apart from integers.
func jsonValue(v any) any {
	switch v := v.(type) {
	case float64:
		if text := flagvalue.Format(v); !math.IsInf(v, 0) && !math.IsNaN(v) {
			return json.Number(text)
		}
		return flagvalue.Format(v)
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = jsonValue(e)
		}
		return list
	}
	return v
}
