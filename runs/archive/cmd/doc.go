// Package cmd has the commands export, import and archive.
package cmd
