package opdef

import "guild/runs/opref"

// Ref is the reference to an operation that a run keeps.
type Ref = opref.Ref

// Package types of references.
const (
	refGuildfile = opref.Guildfile
	refScript    = opref.Script
	refBuiltin   = opref.Builtin
)
