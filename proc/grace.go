package proc

import (
	"os"
	"strconv"
	"time"
)

// DefaultGrace is how long an operation that was asked to stop may take before it is killed.
const DefaultGrace = 30 * time.Second

// graceVariable sets another time, in seconds. A batch system that ends a job may give less than DefaultGrace.
const graceVariable = "GUILD_GRACE"

// EnvGrace returns the time that the environment variable GUILD_GRACE sets, or DefaultGrace.
func EnvGrace() time.Duration {
	const most = 1e6 // seconds
	seconds, err := strconv.ParseFloat(os.Getenv(graceVariable), 64)
	if err != nil || !(seconds > 0 && seconds <= most) {
		return DefaultGrace
	}
	return time.Duration(seconds * float64(time.Second))
}
