//go:build unix

package web

import (
	"testing"

	"golang.org/x/sys/unix"
)

// A pipe in place of the output must not block the reader.
func TestTailOfAPipe(t *testing.T) {
	l := running(t, newStore(t), "op", nil)
	must(t, unix.Mkfifo(l.Run().GuildPath("output"), 0o666))
	if out, err := tailOf(l.Run(), 0).read(); err == nil {
		t.Errorf("a pipe: %+v", out)
	}
}
