// Package cmd has the command publish.
package cmd
