// Package cmd has the command check, which shows where runs are kept, examines the store and mends it.
package cmd
