// Package python has what guild needs to know about the user's Python: where the interpreter is, which packages it has, which flags a
// script has, and how a script is started with other globals.
//
// Only what requires Python is done by Python: two embedded programs, run by the user's interpreter. Their answers are cached in a
// directory that the caller names, which may be deleted at any time.
package python
