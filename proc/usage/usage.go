// Package usage records what the processes of a run use: the scalars sys/... while the run goes on, and at its end the peak memory and the
// CPU time.
//
// The scalars are in an event file of their own, which only the worker of the run writes; the step is the number of seconds since the
// start of the operation:
//
//	sys/cpu            percent of one core, over the time since the last sample
//	sys/memory         resident bytes of all processes; memory that they share counts for each
//	sys/read           bytes per second that were read from storage
//	sys/write          bytes per second that were written to storage
//	sys/gpu0           percent of the time in which the GPU computed for any process, as its driver reports
//	sys/gpu0_memory    bytes of its memory in use, by all processes on it
//
// If only the processes of the run and its worker are in their cgroup, as in a Slurm job or a container, CPU time and memory are those of
// the cgroup: they also include processes that have left the tree, and count shared memory once.
package usage

import (
	"context"
	"os"
	"syscall"
	"time"

	"guild/proc/gpu"
	"guild/runs"
	"guild/runs/scalars"
)

// Interval is the time between two samples.
const Interval = 15 * time.Second

// Totals are what processes use at one moment, or have used since their start.
type Totals struct {
	Source        string // source of CPU and Memory; two Totals are comparable only if it is the same
	CPU           time.Duration
	Memory        int64 // bytes
	Read, Written int64 // bytes
}

// Peak is what a run has used in all.
type Peak struct {
	Memory int64 // bytes: the most memory of all its processes in a sample or, if that is more, the most of a single process
	CPU    time.Duration
}

// Of returns the use of a process that was waited for, with those of its descendants that were waited for. On Linux the memory is at least
// that of this process, which the new process shares until it executes its program.
func Of(p *os.ProcessState) Peak {
	peak := Peak{CPU: p.UserTime() + p.SystemTime()}
	if u, ok := p.SysUsage().(*syscall.Rusage); ok {
		peak.Memory = int64(u.Maxrss) * maxrssUnit //nolint:unconvert // its type depends on the system
	}
	return peak
}

// With returns the larger values of both.
func (p Peak) With(other Peak) Peak {
	return Peak{Memory: max(p.Memory, other.Memory), CPU: max(p.CPU, other.CPU)}
}

// Names of the attributes of a run with its Peak: bytes and seconds.
const (
	PeakMemoryAttr = "peak_memory"
	CPUTimeAttr    = "cpu_time"
)

// Record writes the attributes. Only the owner of the run may call it.
func (p Peak) Record(r *runs.Run) error {
	if err := r.SetAttr(PeakMemoryAttr, p.Memory); err != nil {
		return err
	}
	return r.SetAttr(CPUTimeAttr, p.CPU.Round(time.Millisecond).Seconds())
}

// Forget removes the attributes of an earlier start.
func Forget(r *runs.Run) error {
	if err := r.DeleteAttr(PeakMemoryAttr); err != nil {
		return err
	}
	return r.DeleteAttr(CPUTimeAttr)
}

// Sampler records the scalars of one run until it is stopped.
type Sampler struct {
	out     *scalars.Writer
	measure func() (Totals, bool)
	started time.Time
	gpus    *gpus

	last   time.Time
	before Totals
	peak   Peak

	stop  chan struct{}
	ended chan struct{}
	err   error // read after ended is closed
}

// Start samples the process root and its descendants every Interval. visible is the value of CUDA_VISIBLE_DEVICES of the run, nil if it is
// not set. Stop must be called. Start returns nil, whose Stop does nothing, if this system does not show the use of processes.
func Start(r *runs.Run, root int, visible *string) *Sampler {
	measure := measureTree(root)
	if measure == nil {
		return nil
	}
	// The ticker needs no Stop: it is garbage-collected with the sampler.
	return start(r, measure, newGPUs(visible, gpu.InUse), time.Now(), time.NewTicker(Interval).C)
}

// start is Start with a function that measures, and a channel that triggers samples.
func start(r *runs.Run, measure func() (Totals, bool), g *gpus, now time.Time, ticks <-chan time.Time) *Sampler {
	s := &Sampler{out: scalars.NewSystemWriter(r), measure: measure, gpus: g, started: now, last: now, before: Totals{Source: treeSource},
		stop: make(chan struct{}), ended: make(chan struct{})}
	go s.run(ticks)
	return s
}

// Stop ends the sampling. It returns what the samples say of the whole run, and the first error of writing them.
func (s *Sampler) Stop() (Peak, error) {
	if s == nil {
		return Peak{}, nil
	}
	close(s.stop)
	<-s.ended
	return s.peak, s.err
}

// run takes samples until it is stopped. After an error it writes no more: the end of the file may be damaged.
func (s *Sampler) run(ticks <-chan time.Time) {
	defer close(s.ended)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel() // an answer of the GPUs is not waited for: their driver may hang
	for s.err == nil {
		select {
		case now := <-ticks:
			s.sample(now)
			s.gpus.ask(ctx, now)
		case a := <-s.gpus.answers:
			s.addGPUs(a)
		case <-s.stop:
			s.note(s.out.Close())
			return
		}
		s.note(s.out.Flush())
	}
	_ = s.out.Close()
	<-s.stop
}

func (s *Sampler) note(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *Sampler) sample(now time.Time) {
	t, ok := s.measure()
	if !ok {
		return // it has ended
	}
	step := s.step(now)
	s.peak.Memory = max(s.peak.Memory, t.Memory)
	s.out.Scalar("sys/memory", float64(t.Memory), step, now)
	if seconds := now.Sub(s.last).Seconds(); seconds > 0 {
		rate := func(tag string, more float64) { s.out.Scalar(tag, max(0, more)/seconds, step, now) }
		if t.Source == s.before.Source {
			rate("sys/cpu", 100*(t.CPU-s.before.CPU).Seconds())
		}
		rate("sys/read", float64(t.Read-s.before.Read))
		rate("sys/write", float64(t.Written-s.before.Written))
	}
	if t.Source == treeSource {
		s.peak.CPU = max(s.peak.CPU, t.CPU)
	}
	s.last, s.before = now, t
}

func (s *Sampler) addGPUs(a answer) {
	for _, u := range s.gpus.take(a) {
		s.out.Scalar("sys/gpu"+u.Name, u.Busy, s.step(a.at), a.at)
		s.out.Scalar("sys/gpu"+u.Name+"_memory", u.Memory, s.step(a.at), a.at)
	}
}

// step returns the number of seconds since the start.
func (s *Sampler) step(at time.Time) int64 {
	return int64(at.Sub(s.started).Round(time.Second).Seconds())
}
