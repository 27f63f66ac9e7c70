// Package program knows the programs that operations run: Python modules and scripts, and files that an interpreter runs, such as
// notebooks. It says how flags reach a program, and which flags a config file or a document defines.
package program
