// Package doctest runs Markdown documents as tests.
//
// A document holds examples: lines that start with >>> and their continuations are source, the lines that follow up to
// a blank one are the output that is expected. The source is Python, and Python runs it: this package reads the front
// matter, gives the document a directory for temporary files and an environment, starts the program in the directory
// python, and reports what that finds. Python's own module doctest parses, runs and compares; the program adds rules
// for comparing, options that skip, and functions for shell commands and files. The runner knows nothing of Markdown.
//
// Each document has a process of its own, so documents do not affect each other.
package doctest
