package cmd

import (
	"context"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/compare"
	"guild/runs/compare/view"
	"guild/runs/console"
	"guild/runs/console/screen"
)

// terminals are the two ends of the terminal, ok where the command has one that can be drawn on.
func terminals(c *console.Console) (in, out *os.File, ok bool) {
	in, hasIn := c.In.(*os.File)
	out, hasOut := c.Out.(*os.File)
	if !hasIn || !hasOut || os.Getenv("TERM") == "dumb" {
		return nil, nil, false
	}
	_, inErr := unix.IoctlGetWinsize(int(in.Fd()), unix.TIOCGWINSZ)
	_, outErr := unix.IoctlGetWinsize(int(out.Fd()), unix.TIOCGWINSZ)
	return in, out, inErr == nil && outErr == nil
}

// loaded is a comparison that was read, and how long that took.
type loaded struct {
	table *compare.Table
	err   error
	took  time.Duration
}

// show lets somebody look at the comparison on the whole terminal, and keeps it up to date, until they leave.
func (k *Compared) show(ctx context.Context, s *catalog.Catalog, in, out *os.File) (err error) {
	t, err := k.table(s)
	if err != nil {
		return err
	}
	scr, err := screen.Open(in, out)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := scr.Close(); err == nil {
			err = closeErr
		}
	}()
	v := &view.View{Live: true, Detail: func(r *runs.Run) string { return newInfo(r.AsView()).text() }}
	v.SetTable(t)
	l := loader{answers: make(chan loaded, 1), pause: shortest}
	again := time.NewTimer(l.pause)
	defer again.Stop()
	for {
		scr.Draw(v.Lines(scr.Size()))
		select {
		case key, open := <-scr.Keys:
			if !open {
				return nil
			}
			switch v.Press(key) {
			case view.Quit:
				return nil
			case view.Reload:
				l.load(k.where(v.Expr), s)
			}
		case <-scr.Resized:
		case a := <-l.answers:
			if l.done(a); a.err != nil {
				v.Fail(a.err)
			} else {
				v.SetTable(a.table)
			}
			again.Reset(l.pause)
		case <-again.C:
			if v.Live {
				l.load(k.where(v.Expr), s)
			}
			again.Reset(l.pause)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// where is the comparison of those runs only for which an expression holds, too.
func (k *Compared) where(expr string) *Compared {
	some := *k
	switch {
	case expr == "":
	case k.Expr == "":
		some.Expr = expr
	default:
		some.Expr = "(" + k.Expr + ") and (" + expr + ")"
	}
	return &some
}

// shortest is the shortest pause between two looks at the runs.
const shortest = 2 * time.Second

// loader reads comparisons while keys are pressed, one at a time.
type loader struct {
	answers chan loaded
	pause   time.Duration
	busy    bool
	next    func() // what was asked for meanwhile
}

func (l *loader) load(k *Compared, s *catalog.Catalog) {
	start := func() {
		go func() {
			begin := time.Now()
			t, err := k.table(s)
			l.answers <- loaded{t, err, time.Since(begin)}
		}()
	}
	if l.busy {
		l.next = start
		return
	}
	l.busy = true
	start()
}

// done ends the reading that was answered, and begins the next one. Where reading takes long, there is more time between two looks.
func (l *loader) done(a loaded) {
	const share = 10 // of the time is spent on reading
	l.pause = max(shortest, share*a.took)
	l.busy = l.next != nil
	if l.busy {
		l.next()
		l.next = nil
	}
}
