// Package program describes the programs that operations run: Python modules and scripts, and files that an interpreter runs, such as
// notebooks. It determines how a program receives flags, and which flags a config file or a document defines.
package program
