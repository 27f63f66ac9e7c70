// Package steps describes the steps of an operation: what each runs, with which options of guild run, and what it expects of its run.
package steps
