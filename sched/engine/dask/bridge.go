package dask

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"guild/proc/environ"
	"guild/proc/joborder"
	"guild/runs/plainfile"
	"guild/sched/engine/command"
)

//go:embed bridge.py
var bridgeSource string

// bridge is the Python program that is a client of the cluster. bridge.py documents the lines of its input and output.
type bridge struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	events chan event // closed when the program has ended
}

type request struct {
	Op   string       `json:"op"`
	Jobs []submission `json:"jobs,omitempty"`
	Keys []string     `json:"keys,omitempty"`
}

type submission struct {
	Key       string             `json:"key"`
	Exe       string             `json:"exe"` // guild, on the worker's host
	Order     joborder.Order     `json:"order"`
	Resources map[string]float64 `json:"resources"`
	Priority  int                `json:"priority"`
}

type event struct {
	Event  string `json:"event"` // cluster, done, lost
	Key    string `json:"key"`
	Exit   int    `json:"exit"`
	Stderr string `json:"stderr"`
	Error  string `json:"error"`
	cluster
}

// cluster describes the workers of a cluster.
type cluster struct {
	Address   string   `json:"address"`
	Dashboard string   `json:"dashboard"`
	Workers   []worker `json:"workers"`
}

type worker struct {
	Threads   int                `json:"threads"`
	Resources map[string]float64 `json:"resources"`
}

func (c *cluster) threads() int {
	n := 0
	for _, w := range c.Workers {
		n += w.Threads
	}
	return n
}

// fits reports whether some worker has all of the resources.
func (c *cluster) fits(needs map[string]float64) bool {
	for _, w := range c.Workers {
		enough := true
		for name, v := range needs {
			enough = enough && w.Resources[name] >= v
		}
		if enough {
			return true
		}
	}
	return false
}

// connect starts a bridge and waits until it has reached the cluster. The bridge lives until life ends or its input is closed.
func connect(ctx, life context.Context, cfg *Config) (*bridge, *cluster, error) {
	if err := checkSchedulerFile(cfg.SchedulerFile); err != nil {
		return nil, nil, err
	}
	b := &bridge{events: make(chan event, 16)}
	b.cmd = exec.CommandContext(life, cfg.Python, "-u", "-c", bridgeSource, cfg.Address, cfg.SchedulerFile)
	b.cmd.Env = environ.OuterList()
	b.cmd.Cancel = func() error { return b.cmd.Process.Signal(syscall.SIGTERM) }
	b.cmd.WaitDelay = 5 * time.Second
	// In a process group of its own: Ctrl-C on the terminal goes to the scheduler, which ends the bridge.
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var stderr bytes.Buffer
	b.cmd.Stderr = &stderr
	in, err := b.cmd.StdinPipe()
	if err != nil {
		return nil, nil, fmt.Errorf("start %s: %w", cfg.Python, err)
	}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		return nil, nil, fmt.Errorf("start %s: %w", cfg.Python, err)
	}
	b.in = in
	if err := b.cmd.Start(); err != nil {
		return nil, nil, fmt.Errorf("cannot start the interpreter of flag python: %w; name one that has the package 'distributed'", err)
	}
	go b.read(out)
	for {
		select {
		case <-ctx.Done():
			b.end()
			return nil, nil, ctx.Err()
		case ev, ok := <-b.events:
			switch {
			case !ok:
				return nil, nil, noCluster(cfg, command.LastLine(stderr.String()))
			case ev.Event == "missing":
				b.end()
				return nil, nil, missing(cfg.Python, ev.Error)
			case ev.Event == "lost":
				b.end()
				return nil, nil, noCluster(cfg, command.LastLine(ev.Error))
			case ev.Event == "cluster":
				return b, &ev.cluster, nil
			}
		}
	}
}

// noCluster returns the error for a cluster that does not answer, with what the user can do.
func noCluster(cfg *Config, why string) error {
	return fmt.Errorf("no Dask cluster answers at %s (%s): start one, such as by 'dask scheduler', or correct the flag", cfg.name(), why)
}

// checkSchedulerFile returns an error if the scheduler file does not exist or names no cluster. The package distributed would wait for it
// without end.
func checkSchedulerFile(path string) error {
	if path == "" {
		return nil
	}
	data, err := plainfile.Read(path)
	if err != nil {
		return fmt.Errorf("flag scheduler-file: %w; 'dask scheduler --scheduler-file PATH' writes it", err)
	}
	var about struct {
		Address string `json:"address"`
	}
	if json.Unmarshal(data, &about) != nil || about.Address == "" {
		return fmt.Errorf("flag scheduler-file: %s names no address: it is not what 'dask scheduler --scheduler-file PATH' writes", path)
	}
	return nil
}

// missing returns the error for a package that cannot be imported, with what the user can do.
func missing(python, why string) error {
	if strings.Contains(why, "No module named 'distributed'") {
		return fmt.Errorf("%s has no package 'distributed': install it with 'pip install distributed', or name another interpreter with python=PATH", python)
	}
	return fmt.Errorf("%s cannot import 'distributed': %s; mend that package, or name another interpreter with python=PATH", python, why)
}

func (b *bridge) read(out io.Reader) {
	defer close(b.events)
	dec := json.NewDecoder(out)
	for {
		var ev event
		if err := dec.Decode(&ev); err != nil {
			break
		}
		b.events <- ev
	}
	_ = b.cmd.Wait()
}

func (b *bridge) send(r request) error {
	data, err := json.Marshal(r)
	if err == nil {
		_, err = b.in.Write(append(data, '\n'))
	}
	if err != nil {
		return fmt.Errorf("ask the Dask cluster: %w", err)
	}
	return nil
}

// end closes the input of the program and waits for its end.
func (b *bridge) end() {
	_ = b.in.Close()
	for range b.events { // until the program has ended
	}
}
