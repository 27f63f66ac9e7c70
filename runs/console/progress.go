package console

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Progress is a line on the terminal that shows how far a long task has got. It appears after a delay, so that short tasks show none, and
// disappears at the end. A nil Progress shows nothing.
type Progress struct {
	console    *Console
	what, unit string
	total      int
	start      time.Time
	done       atomic.Int64
	bytes      atomic.Int64
	quit, over chan struct{}
	shown      bool // guarded by Console.mu
}

const (
	progressDelay = 500 * time.Millisecond
	progressEvery = 100 * time.Millisecond
)

// Progress starts to show the progress of work on total units, such as "Exporting" 12 "runs". It shows nothing unless Err is a
// terminal. End must be called.
func (c *Console) Progress(what, unit string, total int) *Progress {
	if width(c.Err) == 0 {
		return nil
	}
	return c.progress(what, unit, total)
}

func (c *Console) progress(what, unit string, total int) *Progress {
	p := &Progress{console: c, what: what, unit: unit, total: total, start: time.Now(), quit: make(chan struct{}), over: make(chan struct{})}
	c.mu.Lock()
	c.bar = p
	c.mu.Unlock()
	go p.run()
	return p
}

// Step counts one unit as done.
func (p *Progress) Step() {
	if p != nil {
		p.done.Add(1)
	}
}

// Bytes adds to the number of bytes copied.
func (p *Progress) Bytes(n int) {
	if p != nil {
		p.bytes.Add(int64(n))
	}
}

// End removes the line.
func (p *Progress) End() {
	if p == nil {
		return
	}
	close(p.quit)
	<-p.over
	p.console.mu.Lock()
	defer p.console.mu.Unlock()
	p.hide()
	p.console.bar = nil
}

func (p *Progress) run() {
	defer close(p.over)
	wait := time.NewTimer(progressDelay)
	defer wait.Stop()
	for {
		select {
		case <-p.quit:
			return
		case <-wait.C:
		}
		p.console.mu.Lock()
		p.hide()
		p.show()
		p.console.mu.Unlock()
		wait.Reset(progressEvery)
	}
}

// show writes the line. The caller holds Console.mu.
func (p *Progress) show() {
	fmt.Fprint(p.console.Err, p.line(width(p.console.Err)))
	p.shown = true
}

// hide erases the line before other output. The caller holds Console.mu.
func (p *Progress) hide() {
	if p.shown {
		fmt.Fprint(p.console.Err, "\r\x1b[K")
		p.shown = false
	}
}

// line returns the text of the line. The last column stays free, since some terminals wrap there.
func (p *Progress) line(width int) string {
	const barWidth = 20
	done := int(p.done.Load())
	filled := barWidth
	if p.total > 0 {
		filled = min(barWidth, barWidth*done/p.total)
	}
	text := fmt.Sprintf("%s [%s%s] %d of %d %s", p.what, strings.Repeat("#", filled), strings.Repeat("-", barWidth-filled), done, p.total, p.unit)
	if n := p.bytes.Load(); n > 0 {
		text += "  " + Size(n)
	}
	if spent := time.Since(p.start); done > 0 && done < p.total {
		left := time.Duration(float64(spent) / float64(done) * float64(p.total-done))
		text += fmt.Sprintf("  %s left", left.Round(time.Second))
	}
	if width > 1 {
		text = CutEnd(text, width-1)
	}
	return text
}

// Size formats a number of bytes, such as 12.3 MB.
func Size(n int64) string {
	units := []string{"kB", "MB", "GB", "TB", "PB", "EB"}
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v := float64(n) / 1000
	i := 0
	for ; v >= 1000; i++ {
		v /= 1000
	}
	return fmt.Sprintf("%.1f %s", v, units[i])
}

// width returns the width in characters of a terminal that is written to or read from, or 0 for what is not a terminal.
func width(w any) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	ws, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0
	}
	if ws.Col == 0 { // the terminal does not report its size
		return 80
	}
	return int(ws.Col)
}
