package proc

import (
	"os"
	"strconv"
	"time"
)

// DefaultGrace is how long an operation may take to stop before it is killed.
const DefaultGrace = 30 * time.Second

// graceVariable shortens that time: a batch system that ends a job may give less. It holds a number of seconds.
const graceVariable = "GUILD_GRACE"

// EnvGrace is how long an operation may take to stop, as the environment of this process says, or DefaultGrace.
func EnvGrace() time.Duration {
	const most = 1e6 // seconds
	seconds, err := strconv.ParseFloat(os.Getenv(graceVariable), 64)
	if err != nil || !(seconds > 0 && seconds <= most) {
		return DefaultGrace
	}
	return time.Duration(seconds * float64(time.Second))
}
