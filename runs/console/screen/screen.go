// Package screen draws on the whole of a terminal and reads single keys from it.
//
// It knows the sequences that all terminals in use share, and no others. The libraries for this prepare tables when a program starts,
// which costs every command of this one more than it does itself; none of them is needed for lines of text.
package screen

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"guild/runs/console"
)

// Style is how text looks.
type Style int

// The styles.
const (
	Plain Style = iota
	Bold
	Reverse
)

// Span is text of one style.
type Span struct {
	Text  string
	Style Style
}

// Line is a line of the screen.
type Line []Span

// String is the line without its styles.
func (l Line) String() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Screen is a terminal that shows nothing but what is drawn.
type Screen struct {
	Keys    <-chan string    // see decode; closed when there is nothing to read any more
	Resized <-chan os.Signal // the size may be another one
	in, out *os.File
	before  *unix.Termios
	resized chan os.Signal
	wake    *os.File      // closed to end the reader where it waits for the terminal,
	stop    chan struct{} // and this where it waits for somebody to take a key
	ended   chan struct{}
}

// Open takes over the terminal. Close must be called.
func Open(in, out *os.File) (*Screen, error) {
	before, err := unix.IoctlGetTermios(int(in.Fd()), getTermios)
	if err != nil {
		return nil, fmt.Errorf("use the terminal: %w", err)
	}
	raw := *before
	raw.Iflag &^= unix.ICRNL | unix.IXON | unix.INLCR | unix.IGNCR | unix.BRKINT | unix.ISTRIP
	raw.Lflag &^= unix.ECHO | unix.ICANON | unix.ISIG | unix.IEXTEN
	raw.Cc[unix.VMIN], raw.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(int(in.Fd()), setTermios, &raw); err != nil {
		return nil, fmt.Errorf("use the terminal: %w", err)
	}
	wait, wake, err := os.Pipe()
	if err != nil {
		_ = unix.IoctlSetTermios(int(in.Fd()), setTermios, before)
		return nil, fmt.Errorf("use the terminal: %w", err)
	}
	keys := make(chan string)
	s := &Screen{Keys: keys, in: in, out: out, before: before, resized: make(chan os.Signal, 1), wake: wake,
		stop: make(chan struct{}), ended: make(chan struct{})}
	s.Resized = s.resized
	signal.Notify(s.resized, syscall.SIGWINCH)
	// Another screen than that of the shell, no cursor, and lines that are too long are cut.
	fmt.Fprint(out, "\x1b[?1049h\x1b[?25l\x1b[?7l")
	go s.read(keys, wait)
	return s, nil
}

// Close gives the terminal back as it was.
func (s *Screen) Close() error {
	signal.Stop(s.resized)
	close(s.stop)
	_ = s.wake.Close()
	<-s.ended
	fmt.Fprint(s.out, "\x1b[?7h\x1b[?25h\x1b[?1049l")
	if err := unix.IoctlSetTermios(int(s.in.Fd()), setTermios, s.before); err != nil {
		return fmt.Errorf("give the terminal back: %w", err)
	}
	return nil
}

// Size is how many columns and lines there are.
func (s *Screen) Size() (width, height int) {
	ws, err := unix.IoctlGetWinsize(int(s.out.Fd()), unix.TIOCGWINSZ)
	if err != nil || ws.Col == 0 || ws.Row == 0 {
		return 80, 24
	}
	return int(ws.Col), int(ws.Row)
}

// Draw shows the lines, from the top.
func (s *Screen) Draw(lines []Line) {
	var b strings.Builder
	b.WriteString("\x1b[H")
	for i, l := range lines {
		if i > 0 {
			b.WriteString("\r\n")
		}
		for _, span := range l {
			span.Text = console.Line(span.Text)
			switch span.Style {
			case Bold:
				b.WriteString("\x1b[1m" + span.Text + "\x1b[m")
			case Reverse:
				b.WriteString("\x1b[7m" + span.Text + "\x1b[m")
			default:
				b.WriteString(span.Text)
			}
		}
		b.WriteString("\x1b[K")
	}
	b.WriteString("\x1b[J")
	_, _ = s.out.WriteString(b.String())
}

// read passes on keys until wait can be read from, which is when its other end is closed.
func (s *Screen) read(keys chan<- string, wait *os.File) {
	defer close(s.ended)
	defer close(keys)
	defer func() { _ = wait.Close() }()
	buf := make([]byte, 1<<8)
	var rest []byte
	for {
		fds := []unix.PollFd{{Fd: int32(s.in.Fd()), Events: unix.POLLIN}, {Fd: int32(wait.Fd()), Events: unix.POLLIN}}
		if _, err := unix.Poll(fds, -1); err != nil && err != unix.EINTR {
			return
		}
		if fds[1].Revents != 0 {
			return
		}
		if fds[0].Revents == 0 {
			continue
		}
		n, err := unix.Read(int(s.in.Fd()), buf)
		if err == unix.EINTR || err == unix.EAGAIN {
			continue
		}
		if err != nil || n == 0 {
			return
		}
		var pressed []string
		pressed, rest = decode(append(rest, buf[:n]...))
		for _, k := range pressed {
			select {
			case keys <- k:
			case <-s.stop:
				return
			}
		}
	}
}
