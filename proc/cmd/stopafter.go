package cmd

import (
	"fmt"
	"math"
	"time"

	"guild/runs/console"
)

// longestStopAfter is ten years, in minutes. More is a mistake, and much more would overflow a time.Duration.
const longestStopAfter = 10 * 366 * 24 * 60

// checkStopAfter returns an error for values of --stop-after that are no sensible number of minutes.
func checkStopAfter(minutes *float64) error {
	if minutes == nil {
		return nil
	}
	m := *minutes
	if math.IsNaN(m) || m > longestStopAfter || time.Duration(m*float64(time.Minute)) <= 0 {
		return console.Usage(console.WithHint(fmt.Errorf("--stop-after %g: not a number of minutes above 0 and below %d", m, longestStopAfter),
			"Give minutes, such as --stop-after 90, or 0.5 for half a minute; without the option a run may take as long as it does."))
	}
	return nil
}
