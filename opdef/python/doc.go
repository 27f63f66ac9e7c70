// Package python is what guild needs to know of the user's Python: where the interpreter is, what it has installed, what
// flags a script has, and how a script is started with other globals.
//
// Only what Python alone can do is done by Python: two embedded files, run by the user's interpreter. Their answers are
// cached in a directory that the caller names and that may be deleted at any time.
package python
