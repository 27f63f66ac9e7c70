// Package trials runs or stages the trials of a batch. It is the operation of a batch.
package trials

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"

	"guild/opdef"
	"guild/proc"
	"guild/proc/batchplan"
	"guild/proc/dependency"
	"guild/proc/pool"
	"guild/proc/recipe"
	"guild/runs"
	"guild/runs/prototype"
)

// Batch runs or stages the trials of a batch. It makes a link to each trial in the batch's run directory.
type Batch struct {
	Store   *runs.Store
	Run     *runs.Run        // the batch's own run
	Out     io.Writer        // receives the log and the output of the trials
	Signals <-chan os.Signal // see proc.StopSignals
}

// EarlyEnd is the error of a batch that ends before all trials have run. The reason is in its log.
type EarlyEnd struct{ Exit int }

func (e EarlyEnd) Error() string { return fmt.Sprintf("the batch ended with exit status %d", e.Exit) }

// Do runs the batch, until ctx ends. A failed trial is not an error of the batch unless the user wants the batch to end with the first one
// that fails.
func (b *Batch) Do(ctx context.Context) error {
	t, err := b.open(ctx)
	if err == nil && t.plan.Option("stage_trials") {
		err = t.stage()
	} else if err == nil {
		err = b.run(ctx, t)
	}
	var none *opdef.NoDimsError
	if errors.As(err, &none) {
		b.log("ERROR", "%v\nTry specifying a range for one or more flags as NAME=[MIN:MAX].", none)
		return EarlyEnd{1}
	}
	return err
}

func (b *Batch) log(level, format string, args ...any) {
	proc.Log(b.Out, level, format, args...)
}

// open reads the plan of the batch and, if its optimizer chooses them in advance, the values of its trials.
func (b *Batch) open(ctx context.Context) (*queue, error) {
	t, err := b.common(ctx)
	if err != nil {
		return nil, err
	}
	if name, ok := t.plan.Sequential(); ok {
		t.search, err = newSearcher(t, name)
	} else {
		t.values, err = t.plan.Trials()
	}
	return t, err
}

// common reads what all trials have in common: the plan and the prototype.
func (b *Batch) common(ctx context.Context) (*queue, error) {
	p, err := batchplan.Read(b.Run)
	if err != nil {
		return nil, err
	}
	proto := runs.At(b.Run.ProtoPath())
	rec, err := recipe.Read(proto)
	if err != nil {
		return nil, err
	}
	template, err := prototype.Read(proto)
	return &queue{ctx: ctx, batch: b, plan: p, proto: proto, recipe: rec, opspec: proto.Opref().OpSpec(), template: template,
		frozen: dependency.LeftToTrials(b.Run)}, err
}

// run runs the trials, one after the other or several at a time.
func (b *Batch) run(ctx context.Context, t *queue) error {
	signals, release := b.watchStop(t)
	defer release()
	if err := t.prepare(); err != nil {
		return err
	}
	if n, _ := t.plan.Params["workers"].(int); n > 1 {
		return pool.Run(ctx, b.Store, t, n)
	}
	for {
		lock, err := t.Next()
		if lock == nil || err != nil {
			return err
		}
		w := &proc.Worker{Store: b.Store, Lock: lock, Echo: b.Out, Signals: signals, Say: proc.SayTo(b.Out)}
		res, err := w.Run(context.WithoutCancel(ctx)) // it is stopped by signals, so that it records its outcome
		lock.Close()
		if err := t.Ended(lock.Run(), pool.NewEnd(res, err)); err != nil {
			return err
		}
	}
}

// watchStop stops the batch on a signal that asks it to end, and passes all signals on to the worker of the current trial. The caller
// must call release, which waits for the goroutine that does so.
func (b *Batch) watchStop(t *queue) (signals <-chan os.Signal, release func()) {
	passed := make(chan os.Signal, cap(b.Signals))
	over := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-over:
				return
			case sig := <-b.Signals:
				if proc.AsksToEnd(sig) {
					t.stopFor(sig.(syscall.Signal))
				}
				select {
				case passed <- sig:
				default: // as many are waiting already
				}
			}
		}
	})
	return passed, func() {
		close(over)
		wg.Wait()
	}
}
