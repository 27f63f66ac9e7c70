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

// devices are GPUs that a run is about to get, with the locks that the run's worker takes over.
type devices struct {
	names []string
	locks []*os.File
	named bool // by the run, whose environment has them already
}

// openGPUs finds out which GPUs there are to share out.
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

// wantedGPUs is how many GPUs a run gets, of those that are shared out. The queue has one run at a time, which gets them all.
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

// wantsGPUs tells runs that get GPUs.
func (s *Scheduler) wantsGPUs(n *needs) bool { return len(n.devices) > 0 || s.wantedGPUs(n) > 0 }

// cannotHaveGPUs says why this scheduler can never give a run the GPUs that it wants.
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

// takeGPUs locks the GPUs that a run is to have. It is nil, with a reason, where too few are free.
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

// release gives the GPUs back before a worker has them.
func (d *devices) release() {
	if d == nil {
		return
	}
	for _, f := range d.locks {
		_ = f.Close()
	}
	d.locks = nil
}

// env is what the operation is told of its GPUs beside what the run says itself.
func (d *devices) env() map[string]string {
	if d == nil || d.named || len(d.names) == 0 {
		return nil
	}
	return map[string]string{environ.GPUs: strings.Join(d.names, ",")}
}

// gpuResource is how reasons speak of GPUs, which are counted by their locks and not as resources are.
const gpuResource = "GPU"
