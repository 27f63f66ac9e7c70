// Package cmd holds the commands that look at single runs and lists of them, and change, move to the trash and merge them: most of those of the
// group runs, and ls, cat, select, open, watch and diff. What compares, plots, publishes, archives and checks runs has a package cmd of its
// own, below the package that does the work.
//
// Each command is a struct whose fields are its options and whose method Run asks for the console and the store.
package cmd
