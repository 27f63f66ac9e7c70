// Package screen shows full-screen text on a terminal and reads single keys.
//
// It uses only the escape sequences that all current terminals understand. Libraries for this initialise large tables at every start
// of the program, which takes longer than most commands, and lines of text need none of them.
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

// Style is the appearance of text.
type Style int

// The styles.
const (
	Plain Style = iota
	Bold
	Reverse
)

// Span is a piece of text in one style.
type Span struct {
	Text  string
	Style Style
}

// Line is one line of the screen.
type Line []Span

// String returns the text of the line without styles.
func (l Line) String() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Screen is a terminal in full-screen mode.
type Screen struct {
	Keys    <-chan string    // see decode; closed at the end of the input
	Resized <-chan os.Signal // the size may have changed
	in, out *os.File
	before  *unix.Termios
	resized chan os.Signal
	wake    *os.File      // closing it ends a reader that waits for the terminal
	stop    chan struct{} // closing it ends a reader that waits for a receiver of Keys
	ended   chan struct{}
}

// Open switches the terminal to full-screen mode. Close must be called to restore it.
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
	// Switch to the alternate screen, hide the cursor, and truncate lines that are too long.
	fmt.Fprint(out, "\x1b[?1049h\x1b[?25l\x1b[?7l")
	go s.read(keys, wait)
	return s, nil
}

// Close restores the terminal.
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

// Size returns the number of columns and lines.
func (s *Screen) Size() (width, height int) {
	ws, err := unix.IoctlGetWinsize(int(s.out.Fd()), unix.TIOCGWINSZ)
	if err != nil || ws.Col == 0 || ws.Row == 0 {
		return 80, 24
	}
	return int(ws.Col), int(ws.Row)
}

// Draw shows the lines, starting at the top.
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

// read sends keys until the other end of the pipe wait is closed.
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
