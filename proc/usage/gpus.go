package usage

import (
	"context"
	"errors"
	"strings"
	"time"

	"guild/proc/gpu"
)

// gpus asks how much the GPUs of a run are used, in the background: a vendor's program hangs where its driver does.
type gpus struct {
	inUse   func(context.Context) ([]gpu.Use, time.Duration, error)
	visible *string // value of CUDA_VISIBLE_DEVICES; nil is all
	answers chan answer
	asking  bool
	none    bool      // there is nothing to ask
	next    time.Time // it is not asked before
}

// answer is the utilization of the GPUs, and the CPU time of the query.
type answer struct {
	at   time.Time
	list []gpu.Use
	cost time.Duration
	err  error
}

// share is the part of the time that the vendor's programs may compute. They take from 20 ms to a second, so that some are asked less often
// than every Interval.
const share = 1.0 / 1000

func newGPUs(visible *string, inUse func(context.Context) ([]gpu.Use, time.Duration, error)) *gpus {
	g := &gpus{inUse: inUse, visible: visible, answers: make(chan answer, 1)}
	if visible != nil {
		// CUDA ignores the names after the first that is none.
		first, _, _ := strings.Cut(*visible, ",")
		g.none = first == "" || first == "-1" || first == "NoDevFiles"
	}
	return g
}

// ask asks, unless a question is open or the last one was dear. The answer arrives in answers and is to be given to take.
func (g *gpus) ask(ctx context.Context, now time.Time) {
	if g.none || g.asking || now.Before(g.next) {
		return
	}
	g.asking = true
	go func() {
		list, cost, err := g.inUse(ctx)
		g.answers <- answer{now, list, cost, err}
	}()
}

// take returns the GPUs of the run.
func (g *gpus) take(a answer) []gpu.Use {
	g.asking = false
	g.none = errors.Is(a.err, gpu.ErrNone)
	g.next = a.at.Add(time.Duration(float64(a.cost) / share))
	if g.visible == nil {
		return a.list
	}
	return gpu.Among(a.list, *g.visible)
}
