package cmd

import (
	"context"

	"guild/opdef"
	"guild/opdef/flagvalue"
	"guild/runs/console"
)

// APIOps lists the operations of the project for programs, in the format of Guild AI.
type APIOps struct {
	console.Formatted
}

// Run writes the operations that are not private, each with the flags of its script. If the script cannot be read, the flags are those of
// the guild.yml.
func (k *APIOps) Run(ctx context.Context, con *console.Console, projects Projects, r opdef.FlagReader) error {
	p, err := projects.LoadProject("")
	if err != nil {
		return err
	}
	out := []apiOp{}
	for _, op := range p.Operations() {
		if op.IsPrivate() {
			continue
		}
		if err := op.ImportFlags(ctx, r); err != nil {
			if ctx.Err() != nil {
				return err
			}
			con.Notef("WARNING: %v\n", err)
		}
		out = append(out, newAPIOp(op))
	}
	return k.Write(con, out)
}

// APIHelpOp shows one operation in the format of APIOps.
type APIHelpOp struct {
	Operation string `arg:"" help:"Operation or script." complete:"runnable"`
	console.Formatted
}

// Run writes the operation.
func (k *APIHelpOp) Run(ctx context.Context, con *console.Console, projects Projects, r opdef.FlagReader) error {
	p, err := projects.LoadProject("")
	if err != nil {
		return err
	}
	op, err := p.Find(k.Operation)
	if err != nil {
		return err
	}
	if err := op.ImportFlags(ctx, r); err != nil {
		return err
	}
	return k.Write(con, newAPIOp(op))
}

// apiOp is an operation in the format of Guild AI.
type apiOp struct {
	Description string             `json:"description"`
	Flags       map[string]apiFlag `json:"flags"`
	FullName    string             `json:"fullname"`
	Guildfile   apiGuildfile       `json:"guildfile"`
	Name        string             `json:"name"`
	OpRef       apiOpref           `json:"opref"`
}

type apiFlag struct {
	Choices       []apiChoice `json:"choices"`
	Default       any         `json:"default"`
	DefaultAssign string      `json:"defaultAssign"` // as an argument of guild run
	Description   string      `json:"description"`
	Type          *string     `json:"type"`
}

type apiChoice struct {
	Alias       any    `json:"alias"`
	Description string `json:"description"`
	Value       any    `json:"value"`
}

// apiGuildfile is the file that defines an operation; empty for a script.
type apiGuildfile struct {
	Dir string  `json:"dir"`
	Src *string `json:"src"`
}

type apiOpref struct {
	ModelName  string `json:"modelName"`
	OpName     string `json:"opName"`
	PkgName    string `json:"pkgName"`
	PkgType    string `json:"pkgType"`
	PkgVersion string `json:"pkgVersion"`
}

func newAPIOp(op *opdef.Operation) apiOp {
	out := apiOp{Description: op.Description, Flags: make(map[string]apiFlag, len(op.Flags)), FullName: op.FullName(), Name: op.Name,
		Guildfile: apiGuildfile{Dir: op.Dir},
		OpRef:     apiOpref{op.Ref.Model, op.Ref.Op, op.Ref.PkgName, op.Ref.PkgType, op.Ref.PkgVersion}}
	if file := op.Guildfile(); file != "" {
		out.Guildfile.Src = &file
	}
	for _, f := range op.Flags {
		af := apiFlag{Choices: make([]apiChoice, len(f.Choices)), Default: jsonValue(f.Default), Description: f.Description,
			DefaultAssign: flagvalue.FormatAssignments(opdef.Values{f.Name: f.Default}, false)[0]}
		if f.Type != "" {
			af.Type = &f.Type
		}
		for i, c := range f.Choices {
			af.Choices[i] = apiChoice{jsonValue(c.Alias), c.Description, jsonValue(c.Value)}
		}
		out.Flags[f.Name] = af
	}
	return out
}
