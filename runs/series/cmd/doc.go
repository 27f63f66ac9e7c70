// Package cmd has the command scalars, and the plots that other commands show too.
package cmd
