package runs

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
)

// Hostname is this host's name, as it is recorded in runs.
var Hostname = sync.OnceValue(func() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "localhost"
	}
	return name
})

var (
	tempCount atomic.Int64
	// tempToken tells processes apart that have the same host name and pid, as containers do.
	tempToken = sync.OnceValue(func() string { return NewID()[:8] })
)

// tempName returns a dot name that no other process on any host uses: host, process and a count.
func tempName(base string) string {
	host := strings.Map(func(r rune) rune {
		if r == '/' || r == '.' {
			return '_'
		}
		return r
	}, Hostname())
	return fmt.Sprintf(".tmp-%s-%d-%s-%d-%s", host, os.Getpid(), tempToken(), tempCount.Add(1), base)
}
