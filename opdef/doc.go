// Package opdef is what can be run: the guild.yml of a project, its models, operations and flags, scripts that run without
// one, and the operations that are part of guild itself.
//
// A [Project] is loaded from a directory and finds an [Operation] by name. An operation turns flag assignments into
// [Values], a batch into the values of its trials, values into a [Command], a label or the arguments of its steps, and
// copies its source code into a run directory. Nothing here starts a process but the reading of flags from a Python script,
// which is injected as a [FlagReader].
//
// Values of flags are nil, bool, int, float64, string, []any or map[string]any, as package pyyaml decodes them.
package opdef
