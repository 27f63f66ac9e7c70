package sched

import (
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// TestLogLevels: levels have the names that Guild AI gives them.
func TestLogLevels(t *testing.T) {
	var log strings.Builder
	l := NewLogger(&log, zerolog.DebugLevel)
	l.Debug().Msg("a")
	l.Info().Msg("b")
	l.Warn().Msg("c")
	l.Error().Msg("d")
	l.Log().Msg("e")
	for i, line := range strings.Split(strings.TrimSpace(log.String()), "\n") {
		want := []string{"DEBUG: [guild] ", "INFO: [guild] ", "WARNING: [guild] ", "ERROR: [guild] ", "INFO: [guild] "}[i]
		if !strings.HasPrefix(line, want) {
			t.Errorf("%q does not begin with %q", line, want)
		}
	}
}
