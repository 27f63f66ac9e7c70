package cmd

import (
	"os"
	"testing"
	"time"
)

// Times are shown by the clock of the host.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}
