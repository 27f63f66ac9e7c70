// Package doctest runs Markdown documents as tests.
//
// A document holds examples: lines that start with >>> and their continuations are source, the lines that follow up to
// a blank one are the output that is expected. The source is Python, run on Starlark by package pystar, with helper
// functions for shell commands, files and runs. The runner knows nothing of Markdown itself.
//
// A document never changes the process: its current directory, environment and temporary directories belong to the
// session that runs it, so documents do not affect each other.
package doctest
