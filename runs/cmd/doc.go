// Package cmd holds the commands that read the run store and delete from it: list, delete and info for the group runs, and
// cat, ls and select.
//
// Each is a struct whose fields are its options and whose method Run asks for the console and the store.
package cmd
