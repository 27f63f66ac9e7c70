package runs

import (
	"fmt"
	"os"
	"time"

	"guild/runs/process"
	"guild/runs/pyyaml"
	"guild/runs/sharedfs"
)

// StopRequest is a request to the owner of a run to end it.
type StopRequest struct {
	Host  string // who asked
	PID   int
	Time  time.Time
	Force bool // without waiting for the operation to end by itself
}

func (r *Run) stopPath() string { return r.GuildPath("stop") }

// RequestStop asks the owner of the run, on whatever host, to end it.
func (r *Run) RequestStop(force bool) error {
	req := map[string]any{"host": process.Hostname(), "pid": os.Getpid(), "time": Micros(time.Now())}
	if force {
		req["force"] = true
	}
	data, err := pyyaml.Encode(req)
	if err != nil {
		return err
	}
	if err := replaceFile(r.stopPath(), data); err != nil {
		return fmt.Errorf("ask run %s to stop: %w", r.ShortID(), err)
	}
	return nil
}

// StopRequested returns the request to stop that is open, if there is one. A file that cannot be understood is one too.
func (r *Run) StopRequested() (StopRequest, bool) {
	if sharedfs.RefreshDirs(r.GuildPath()) != nil {
		return StopRequest{}, false
	}
	data, err := sharedfs.ReadFile(r.stopPath())
	if err != nil {
		return StopRequest{}, false
	}
	return parseStop(data), true
}

// parseStop leaves out what it does not understand.
func parseStop(data []byte) StopRequest {
	v, _ := pyyaml.Decode(data)
	m, _ := v.(map[string]any)
	var req StopRequest
	req.Host, _ = m["host"].(string)
	req.PID, _ = m["pid"].(int)
	req.Force, _ = m["force"].(bool)
	if us, ok := m["time"].(int); ok {
		req.Time = time.UnixMicro(int64(us))
	}
	return req
}
