// Package opdef describes operations: what they run, their flags, and what they need.
//
// An [Operation] is defined in a guild.yml, which package guildfile reads, or is a script or a part of guild itself. Package project
// finds operations by name. An operation turns assignments of flags into [Values] (values.go), a [Batch] into the values of its
// trials (batch.go), and values into a [Command] (command.go) or a label (label.go). It copies its source code into a run directory
// (source.go). Nothing here starts a process, except that flags are read from Python scripts by a [FlagReader].
//
// Values of flags are nil, bool, int, float64, string, []any, map[string]any or a search space. Package flagvalue reads and writes
// them as text.
package opdef
