// Package help writes what people ask about operations, models and their flags.
package help
