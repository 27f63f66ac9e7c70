package environ

import (
	"fmt"
	"os"
	"strconv"
)

// Depth is how many runs a process is nested in: 1 in a run that a person has started, 2 in a run that its operation has started,
// and so on.
const Depth = "GUILD_RUN_DEPTH"

// maxDepth limits nested runs. Real pipelines nest a few levels; an operation that starts itself, by a script or by a step that a
// flag names, would go on until the host has no more processes.
const maxDepth = 24

// NextDepth returns the depth of a run that this process starts, or an error when it is too deep.
func NextDepth() (int, error) {
	depth, err := strconv.Atoi(os.Getenv(Depth))
	if err != nil || depth < 0 {
		depth = 0
	}
	if depth >= maxDepth {
		return 0, fmt.Errorf("it would be run number %d of runs that start each other: an operation probably starts itself, by its steps "+
			"or in a script (where that is meant, unset %s in the script)", depth+1, Depth)
	}
	return depth + 1, nil
}
