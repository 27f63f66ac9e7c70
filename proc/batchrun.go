package proc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"guild/opdef"
	"guild/proc/recipe"
	"guild/runs"
)

// Batch runs or stages the trials of a batch. Its directory gets a link to each of them.
type Batch struct {
	Store   *runs.Store
	Run     *runs.Run // the batch's own run
	Out     io.Writer // log, and output of the trials
	Signals <-chan os.Signal

	// Parallel runs trials on several workers at a time.
	Parallel func(w Work, workers int) error
}

// BatchEnd is the early end of a batch, which has told why.
type BatchEnd struct{ Exit int }

func (e BatchEnd) Error() string { return fmt.Sprintf("the batch ended with exit status %d", e.Exit) }

// exitStopped is the exit status of a batch that was told to stop.
const exitStopped = 128 + int(syscall.SIGTERM)

// Do runs the batch. A trial that fails is no error of the batch, unless it is to end with the first one that does.
func (b *Batch) Do(ctx context.Context) error {
	t, err := b.open()
	if err == nil && t.plan.is("stage_trials") {
		err = t.stage()
	} else if err == nil {
		err = b.run(ctx, t)
	}
	var none *opdef.NoDimsError
	if errors.As(err, &none) {
		b.log("ERROR", "%v\nTry specifying a range for one or more flags as NAME=[MIN:MAX].", none)
		return BatchEnd{1}
	}
	return err
}

// log writes a line as the trials' own logs are.
func (b *Batch) log(level, format string, args ...any) {
	logTo(b.Out, level, format, args...)
}

// open reads the batch, and what trials it is known to have.
func (b *Batch) open() (*Trials, error) {
	t, err := b.common()
	if err != nil {
		return nil, err
	}
	if name, ok := sequentialOptimizer(t.plan.optimizer); ok {
		t.search, err = newSearcher(t, name)
	} else {
		t.values, err = t.plan.trials()
	}
	return t, err
}

// common reads what all trials have in common.
func (b *Batch) common() (*Trials, error) {
	p, err := readPlan(b.Run)
	if err != nil {
		return nil, err
	}
	proto := runs.At(b.Run.ProtoPath())
	rec, err := recipe.Read(proto)
	if err != nil {
		return nil, err
	}
	template, err := runs.ReadTemplate(proto)
	return &Trials{batch: b, plan: p, proto: proto, recipe: rec, opspec: proto.Opref().OpSpec(), template: template}, err
}

// run runs the trials, each when the one before has ended, or several at a time.
func (b *Batch) run(ctx context.Context, t *Trials) error {
	signals := b.watchStop(t)
	if err := t.prepare(); err != nil {
		return err
	}
	if n, _ := t.plan.params["workers"].(int); n > 1 {
		return b.Parallel(t, n)
	}
	for {
		lock, err := t.Next()
		if lock == nil || err != nil {
			return err
		}
		w := &Worker{Store: b.Store, Lock: lock, Echo: b.Out, Signals: signals, Say: SayTo(b.Out)}
		res, err := w.Run(ctx)
		lock.Close()
		if err := t.Ended(lock.Run(), newEnd(res, err)); err != nil {
			return err
		}
	}
}

// watchStop takes note of a request to stop the batch, and passes all signals on to the worker of the trial under way.
func (b *Batch) watchStop(t *Trials) <-chan os.Signal {
	signals := make(chan os.Signal, cap(b.Signals))
	go func() {
		for sig := range b.Signals {
			if asksToEnd(sig) {
				t.Stop()
			}
			select {
			case signals <- sig:
			default: // as many wait already
			}
		}
	}()
	return signals
}
