// Package cmd has the command tensorboard.
package cmd
