// Package help writes the help for operations, models and their flags.
package help
