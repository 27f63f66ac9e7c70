// Package pattern compiles regular expressions when they are first used. A package variable that is compiled when the program starts
// costs every command its time, also those that never match with it.
package pattern

import (
	"regexp"
	"sync"
)

// Lazy returns a function that returns the compiled expression. The first call panics if the expression is malformed.
func Lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
