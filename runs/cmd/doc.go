// Package cmd holds the commands that look at the run store and move, mark and delete what is in it: those of the group runs, and
// cat, ls, open, watch, select, compare and check.
//
// Each is a struct whose fields are its options and whose method Run asks for the console and the store.
package cmd
