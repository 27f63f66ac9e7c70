package opdef

import "guild/runs/console"

// Short names for what messages here are full of.
var (
	nearest    = console.Nearest
	didYouMean = console.DidYouMean
	quotedList = console.Quoted
)
