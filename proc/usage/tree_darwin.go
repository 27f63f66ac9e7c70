package usage

const (
	treeSource = "none"
	maxrssUnit = 1 // byte, see getrusage(2)
)

// measureTree returns nil: this system does not show the use of other processes before their end.
func measureTree(int) func() (Totals, bool) { return nil }
