package pool

import (
	"context"
	"errors"
	"fmt"
	"time"

	"guild/proc"
	"guild/runs"
)

// askAgain is the time after which a run that had not begun yet is asked again to stop.
const askAgain = 20 * time.Millisecond

// Run runs the runs that work hands out, at most workers at a time. When ctx ends, it stops those under way and starts no more.
func Run(ctx context.Context, store *runs.Store, work Work, workers int) error {
	p := New(store, workers)
	defer p.Close()
	stop := ctx.Done()
	var asking []*runs.Run
	var again <-chan time.Time
	var ended error // returned when the runs under way have ended
	for {
		if ended == nil {
			ended = p.fill(work)
		}
		if p.Busy() == 0 {
			p.Retire()
			p.AwaitRetired(func(e Event) { p.Settle(e) })
			return ended
		}
		select {
		case <-stop:
			stop = nil
			asking = work.Stop()
			again = time.After(0)
		case <-again:
			var err error
			if asking, err = askToStop(asking); err != nil && ended == nil {
				ended = err
			}
			if again = nil; len(asking) > 0 {
				again = time.After(askAgain)
			}
		case e := <-p.events:
			r := p.Settle(e)
			if r == nil {
				continue
			}
			if err := work.Ended(r, runEnd(r, e)); err != nil && ended == nil {
				ended = err
			}
		}
	}
}

// fill starts runs while there are free slots.
func (p *Pool) fill(work Work) error {
	for p.Busy() < len(p.slots) {
		l, err := work.Next()
		if err != nil || l == nil {
			return err
		}
		if _, err := p.Give(l, "", nil); err != nil {
			l.Close()
			return err
		}
	}
	return nil
}

// runEnd returns how a run ended. If its process died, it reads that from the run.
func runEnd(r *runs.Run, e Event) End {
	if !e.Gone {
		return e.End
	}
	st := r.State()
	if st.Status == runs.Completed {
		return End{}
	}
	return End{Exit: 1, Err: fmt.Sprintf("its worker died, it is %s", st.Status)}
}

// askToStop asks runs to stop. It returns those that have not begun yet, which must be asked again.
func askToStop(list []*runs.Run) (again []*runs.Run, err error) {
	for _, r := range list {
		_, e := proc.RequestStop(r, false)
		switch {
		case errors.Is(e, proc.ErrNotRunning):
			if r.Status() == runs.Pending {
				again = append(again, r)
			}
		case e != nil:
			err = errors.Join(err, e)
		}
	}
	return again, err
}
