// Package pattern compiles regular expressions on first use. Compiling a package variable at the start of the program would cost every
// command time, even if it never uses the expression.
package pattern

import (
	"regexp"
	"sync"
)

// Lazy returns a function that returns the compiled expression. The first call panics if the expression is malformed.
func Lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
