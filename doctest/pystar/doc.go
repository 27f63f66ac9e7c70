// Package pystar runs small pieces of Python source on the Starlark interpreter.
//
// It covers the Python that test documents are written in: Compile first rewrites the tokens that Starlark does not
// know (f-strings, adjacent strings, with, assert, raise, is, imports of modules that the host offers), then the syntax
// tree: values of expression statements are echoed, % and .format follow Python's rules, and every module-level name is
// looked up when it is used, in one Namespace that all programs of a document share. What has no counterpart, such as
// try, class and yield, is an *UnsupportedError.
package pystar
