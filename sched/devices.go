package sched

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"guild/proc/environ"
	"guild/proc/gpu"
)

// devices are the GPUs for a run that is about to start, with their locks, which the run's worker takes over.
type devices struct {
	names []string
	locks []*os.File
	named bool // by the run, whose environment has them already
}

// openGPUs finds the GPUs that this scheduler can give to runs.
func (s *Scheduler) openGPUs(ctx context.Context) (err error) {
	switch s.opts.GPUs {
	case "":
		return nil
	case gpu.Auto:
		if s.gpus, err = gpu.Find(ctx); err == nil {
			s.log.Info().Msgf("Sharing out GPUs %s", strings.Join(s.gpus, ","))
		}
	default:
		s.gpus, err = gpu.Parse(s.opts.GPUs)
	}
	return err
}

// wantedGPUs returns the number of GPUs that a run gets. The queue runs one run at a time, which gets all GPUs.
func (s *Scheduler) wantedGPUs(n *needs) int {
	switch {
	case n.gpuCount < 0 || len(s.gpus) == 0:
		return max(0, n.gpuCount)
	case n.gpuCount > 0:
		return n.gpuCount
	case s.opts.Kind == Queue:
		return len(s.gpus)
	}
	return 1
}

// wantsGPUs reports whether a run gets GPUs.
func (s *Scheduler) wantsGPUs(n *needs) bool { return len(n.devices) > 0 || s.wantedGPUs(n) > 0 }

// cannotHaveGPUs returns the reason why this scheduler can never give a run the GPUs that it needs; empty if it can.
func (s *Scheduler) cannotHaveGPUs(n *needs) string {
	if len(n.devices) > 0 {
		if len(s.gpus) > 0 && slices.ContainsFunc(n.devices, func(name string) bool { return !slices.Contains(s.gpus, name) }) {
			return fmt.Sprintf("GPU spec mismatch: run is %s, %s is %s", n.gpus, s.opts.Kind.name(), strings.Join(s.gpus, ","))
		}
		return ""
	}
	if want := s.wantedGPUs(n); want > len(s.gpus) {
		return fmt.Sprintf("requires %d GPU(s) and the scheduler has %d", want, len(s.gpus))
	}
	return ""
}

// takeGPUs locks GPUs for a run. If too few are free, it returns nil and the reason.
func (s *Scheduler) takeGPUs(n *needs) (d *devices, reason string, err error) {
	names, want := n.devices, len(n.devices)
	d = &devices{named: want > 0}
	if !d.named {
		names, want = s.gpus, s.wantedGPUs(n)
	}
	for _, name := range names {
		if len(d.names) == want {
			break
		}
		lock, err := gpu.Lock(name)
		switch {
		case errors.Is(err, gpu.ErrTaken):
		case err != nil:
			d.release()
			return nil, "", err
		default:
			d.names, d.locks = append(d.names, name), append(d.locks, lock)
		}
	}
	if len(d.names) == want {
		return d, "", nil
	}
	d.release()
	if d.named {
		return nil, "waiting for GPU " + n.gpus, nil
	}
	return nil, "waiting for " + gpuResource, nil
}

// release unlocks GPUs that no worker has taken over.
func (d *devices) release() {
	if d == nil {
		return
	}
	for _, f := range d.locks {
		_ = f.Close()
	}
	d.locks = nil
}

// env returns the variables that limit the operation to its GPUs. It is empty if the run names its GPUs itself.
func (d *devices) env() map[string]string {
	if d == nil || d.named || len(d.names) == 0 {
		return nil
	}
	return map[string]string{environ.GPUs: strings.Join(d.names, ",")}
}

// gpuResource is the name of GPUs in reasons. GPUs are counted by their locks, unlike other resources.
const gpuResource = "GPU"
