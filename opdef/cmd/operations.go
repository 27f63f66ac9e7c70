package cmd

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"guild/opdef"
)

// Operations is `guild operations`: the operations of the project, one a line.
type Operations struct {
	Filter []string `arg:"" optional:"" help:"Parts of names or descriptions; operations that have them all are listed." complete:"operation"`
	All    bool     `short:"a" help:"List operations whose names begin with _ too."`
	JSON   bool     `name:"json" help:"Print JSON."`
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
	width := 0
	for _, op := range ops {
		width = max(width, len(op.FullName()))
	}
	for _, op := range ops {
		first, _, _ := strings.Cut(op.Description, "\n")
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%-*s  %s", width, op.FullName(), first), " "))
	}
	return nil
}

func (c *Operations) selected(ops []*opdef.Operation) []*opdef.Operation {
	out := make([]*opdef.Operation, 0, len(ops))
	for _, op := range ops {
		if (c.All || !op.IsPrivate()) && hasAll(op, c.Filter) {
			out = append(out, op)
		}
	}
	return out
}

func hasAll(op *opdef.Operation, parts []string) bool {
	text := strings.ToLower(op.FullName() + "\n" + op.Description)
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
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(out); err != nil {
		return fmt.Errorf("write operations: %w", err)
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
