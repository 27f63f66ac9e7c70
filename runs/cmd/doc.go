// Package cmd has the commands that show, move, mark and delete the runs of a store: the group runs, and cat, ls, open, watch, select,
// compare and check.
//
// Each command is a struct whose fields are its options, with a method Run whose parameters include the console and the store.
package cmd
