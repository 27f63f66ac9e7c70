package doctest

import (
	"regexp"
	"sync"
)

// pattern compiles a regular expression when it is first used: the program is started far more often for other commands.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
