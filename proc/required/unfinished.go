package required

import (
	"fmt"
	"os"

	"guild/runs"
)

// Unfinished returns a warning about a run that a user has chosen as a required one, if it has failed or was stopped; else an empty text.
// A directory that is no run, whose path the user has given, has not failed.
func Unfinished(r *runs.Run, status runs.Status) string {
	if status != runs.Error && status != runs.Terminated {
		return ""
	}
	if _, err := os.Stat(r.GuildPath()); err != nil {
		return ""
	}
	return fmt.Sprintf("required run %s of %s did not complete (%s); its files are used as they are", r.ShortID(), r.OpSpec(), status)
}
