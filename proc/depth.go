package proc

import (
	"fmt"
	"os"
	"strconv"
)

// DepthVariable tells the processes of a run how many runs they are in: one in a run that a person has started, two in one that
// its operation has started, and so on.
const DepthVariable = "GUILD_RUN_DEPTH"

// maxDepth is the deepest run. Steps of steps are few; an operation that starts itself, by a script or by a step that a flag names,
// would go on until the host has no more processes.
const maxDepth = 24

// nextDepth is the depth of a run that this process starts.
func nextDepth() (int, error) {
	depth, err := strconv.Atoi(os.Getenv(DepthVariable))
	if err != nil || depth < 0 {
		depth = 0
	}
	if depth >= maxDepth {
		return 0, fmt.Errorf("it would be run number %d of runs that start each other: an operation probably starts itself, by its steps "+
			"or in a script (where that is meant, unset %s in the script)", depth+1, DepthVariable)
	}
	return depth + 1, nil
}
