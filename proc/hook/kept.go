package hook

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/natural"
	"guild/runs/plainfile"
	"guild/runs/sharedfs"
)

// prefix begins the names of the files below .guild with the output of hooks, one for each start; the start's time follows.
const prefix = "hooks."

// maxKept is the most output of a hook that is kept, in bytes.
const maxKept = 64 << 10

// limited keeps the beginning of what is written to it.
type limited struct {
	data    []byte
	dropped int // number of bytes
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), maxKept-len(l.data))
	l.data = append(l.data, p[:n]...)
	l.dropped += len(p) - n
	return len(p), nil
}

// add adds the output of a hook and how it ended to the file of this start. It returns the hook's error, or otherwise its own.
func (h *Hooks) add(c command, out *limited, hookErr error, took time.Duration) error {
	var b strings.Builder
	fmt.Fprintf(&b, "== %s of %s, %s\n", c.event, c.source, time.Now().Add(-took).Format(time.DateTime))
	b.Write(out.data)
	if len(out.data) > 0 && !bytes.HasSuffix(out.data, []byte("\n")) {
		b.WriteByte('\n')
	}
	if out.dropped > 0 {
		fmt.Fprintf(&b, "== %d more bytes were not kept\n", out.dropped)
	}
	end := "succeeded"
	if hookErr != nil {
		end = "failed: " + hookErr.Error()
	}
	fmt.Fprintf(&b, "== %s after %.1f s\n", end, took.Seconds())
	h.kept = append(h.kept, b.String()...)
	if err := h.Run.ReplaceFile(prefix+strconv.FormatInt(h.Started.UnixMicro(), 10), h.kept); err != nil {
		return errors.Join(hookErr, fmt.Errorf("keep its output: %w", err))
	}
	return hookErr
}

// Kept returns the output of the hooks of all starts of a run, earliest first. It is empty if the run had no hooks.
func Kept(r *runs.Run) ([]byte, error) {
	names, err := sharedfs.Names(r.GuildPath())
	if err != nil {
		return nil, fmt.Errorf("read what hooks have printed: %w", err)
	}
	slices.SortFunc(names, natural.Compare)
	var all []byte
	for _, name := range names {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		data, err := plainfile.Read(r.GuildPath(name))
		if err != nil {
			return nil, fmt.Errorf("read what hooks have printed: %w", err)
		}
		all = append(all, data...)
	}
	return all, nil
}
