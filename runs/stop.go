package runs

import (
	"fmt"
	"os"
	"time"

	"guild/runs/pyyaml"
)

// RequestStop asks the owner of the run, on whatever host, to end it.
func (r *Run) RequestStop() error {
	data, err := pyyaml.Encode(map[string]any{"host": Hostname(), "pid": os.Getpid(), "time": Micros(time.Now())})
	if err != nil {
		return err
	}
	if err := replaceFile(r.GuildPath("stop"), data); err != nil {
		return fmt.Errorf("ask run %s to stop: %w", r.ShortID(), err)
	}
	return nil
}

// StopRequested reports that somebody asked for a stop.
func (r *Run) StopRequested() bool {
	if refreshDirs(r.GuildPath()) != nil {
		return false
	}
	_, err := os.Stat(r.GuildPath("stop"))
	return err == nil
}
