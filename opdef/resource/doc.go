// Package resource describes what an operation requires: files, URLs, config files, modules and the runs of other operations. Package
// resolve puts them into a run directory.
package resource
