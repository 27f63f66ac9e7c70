package cmd

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"guild/opdef"
	"guild/runs/console"
)

// Operations is `guild operations`: the operations of the project, one a line.
type Operations struct {
	Filter []string `arg:"" optional:"" help:"Parts of names or descriptions; operations that have them all are listed." complete:"operation"`
	All    bool     `short:"a" help:"List operations whose names begin with _ too."`
	JSON   bool     `name:"json" help:"As a JSON list of objects: name, description, default (whether it is the project's), flags (those of guild.yml, a list of objects: name, description, type where there is one, default, required, choices where there are some)."`
}

// operation is the JSON form of an operation.
type operation struct {
	Name        string `json:"name"` // with its model, as guild run takes it
	Description string `json:"description"`
	Default     bool   `json:"default"`
	Flags       []flag `json:"flags"` // those of the guild.yml
}

type flag struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Type        string `json:"type,omitempty"`
	Default     any    `json:"default"`
	Required    bool   `json:"required"`
	Choices     []any  `json:"choices,omitempty"`
}

// Run lists the operations on w.
func (c *Operations) Run(w io.Writer, projects Projects) error {
	p, err := projects.LoadProject("")
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
	describeAll(w, rows)
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
		out[i] = operation{Name: op.FullName(), Description: op.Description, Default: op.Default, Flags: make([]flag, len(op.Flags))}
		for j, f := range op.Flags {
			jf := flag{Name: f.Name, Description: f.Description, Type: f.Type, Default: jsonValue(f.Default), Required: f.Required}
			for _, choice := range f.Choices {
				jf.Choices = append(jf.Choices, jsonValue(choice.Value))
			}
			out[i].Flags[j] = jf
		}
	}
	return encode(w, out)
}

func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// jsonValue replaces what JSON has no form for by the text that stands for it on the command line.
func jsonValue(v any) any {
	if f, ok := v.(float64); ok && (math.IsInf(f, 0) || math.IsNaN(f)) {
		return opdef.FormatValue(v)
	}
	return v
}
