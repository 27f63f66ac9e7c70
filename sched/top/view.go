package top

import (
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/help"
	"charm.land/bubbles/v2/key"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"guild/runs/console"
	"guild/runs/console/screen"
)

// Styles. Each colour only repeats what a word says, since some terminals have no colours.
var (
	plain  = lipgloss.NewStyle()
	good   = lipgloss.NewStyle().Foreground(lipgloss.Green)
	uneasy = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
	bad    = lipgloss.NewStyle().Foreground(lipgloss.Red)
	figure = lipgloss.NewStyle().Foreground(lipgloss.Cyan)
)

// heights returns the number of lines of each pane, with its heading. If there is no room for all panes, only the focused one is shown.
func (m *Model) heights() (h [panes]int) {
	const least = 2          // a heading and a line
	room := m.height - 1 - 1 // without the first line and the status line
	if room < int(panes)*least {
		h[m.focus] = max(0, room)
		return h
	}
	for p := range h {
		h[p] = least
	}
	room -= int(panes) * least
	give := func(p Pane, n int) {
		n = max(0, min(n, room))
		h[p] += n
		room -= n
	}
	const share = 3 // a third of the rest is for the output, and at most a third for the schedulers
	give(Output, room/share)
	give(Schedulers, min(len(m.ids(Schedulers))-1, room/share))
	running, waiting := len(m.ids(Running))-1, len(m.ids(Waiting))-1
	half := room / 2
	give(Running, min(running, max(half, room-max(0, waiting))))
	give(Waiting, waiting)
	give(Output, room)
	return h
}

// Screen returns the content of the screen: lines with escape sequences for their styles.
func (m *Model) Screen() string {
	var lines []string
	switch m.mode {
	case modePage:
		lines = m.page.Lines(m.width, m.height-1)
	case modeOutput:
		lines = m.outputLines(m.height - 1)
	default:
		lines = append(lines, m.title())
		for p, height := range m.heights() {
			if height > 0 {
				lines = append(lines, m.heading(Pane(p)))
				lines = append(lines, m.rows(Pane(p), height-1)...)
			}
		}
	}
	return screen.Frame(lines, m.status(), m.height)
}

// title returns the first line: the root and the numbers of runs.
func (m *Model) title() string {
	if m.look == nil {
		return screen.Bold.Render(screen.Cut("guild top", m.width))
	}
	c := m.look.Counts
	parts := []string{fmt.Sprintf("%d running, %d waiting, %d completed, %d failed", c.Running, c.Staged+c.Pending, c.Completed, c.Error)}
	if c.Unread > 0 {
		parts = append(parts, fmt.Sprintf("%d not read yet", c.Unread))
	}
	if m.search != "" && m.mode != modeSearch {
		parts = append(parts, "with "+m.search)
	}
	text, style := "guild top   "+strings.Join(parts, "   ")+"   "+m.look.Root, screen.Bold
	switch {
	case m.stalled > 0:
		text, style = fmt.Sprintf("The runs root has not answered for %s: %s", duration(m.stalled), m.look.Root), bad
	case m.look.Error != "":
		text, style = m.look.Error, bad
	}
	return style.Render(screen.Cut(text, m.width))
}

// heading returns the first line of a pane.
func (m *Model) heading(p Pane) string {
	var text string
	switch p {
	case Schedulers:
		text = fmt.Sprintf("Schedulers %d", len(m.schedulers()))
	case Running:
		text = fmt.Sprintf("Running %d", len(m.runs(Running)))
	case Waiting:
		text = fmt.Sprintf("Waiting %d", len(m.runs(Waiting)))
	case Output:
		text = "Output"
		if _, name := m.chosen(); name != "" {
			text += " of " + name
		}
		if m.back > 0 {
			text += fmt.Sprintf(" (%d lines below)", m.back)
		}
	}
	text = screen.Cut(" "+text, m.width-2) + " "
	style := screen.Bold
	if p == m.focus {
		style = screen.Reverse
	}
	return style.Render(text) + strings.Repeat("─", max(0, m.width-ansi.StringWidth(text)))
}

// rows returns the lines of a pane below its heading, exactly room lines.
func (m *Model) rows(p Pane, room int) []string {
	var rows [][]cell
	var columns []column
	switch p {
	case Output:
		return m.outputLines(room)
	case Schedulers:
		rows, columns = m.schedulerRows(), schedulerColumns
	case Running:
		rows, columns = m.runningRows(), runningColumns
	case Waiting:
		rows, columns = m.waitingRows(), waitingColumns
	}
	if len(rows) == 0 {
		return fill([]string{screen.Cut(" "+m.emptyText(p), m.width)}, room)
	}
	c := m.cursors[p]
	widths := widthsOf(columns, m.width)
	var lines []string
	for i := c.first; i < min(len(rows), c.first+room); i++ {
		lines = append(lines, line(rows[i], widths, m.width, mark(i == c.at, p == m.list), i == c.at && p == m.focus))
	}
	return fill(lines, room)
}

// emptyText returns the reason why a list is empty.
func (m *Model) emptyText(p Pane) string {
	switch {
	case m.look == nil:
		return "Reading the runs ..."
	case m.search != "":
		return "Nothing with " + m.search + "."
	case p == Schedulers:
		return "No scheduler runs. Start one with 'guild run queue' or 'guild run dask:scheduler'."
	case p == Running:
		return "Nothing runs."
	}
	return "Nothing waits."
}

// outputLines returns the last lines of the output before the scroll position, in exactly room lines.
func (m *Model) outputLines(room int) []string {
	room = max(0, room)
	id, _ := m.chosen()
	all := m.details.Output
	switch {
	case m.look == nil:
		return fill(nil, room)
	case id == "":
		return fill([]string{screen.Cut(" No run is chosen.", m.width)}, room)
	case id != m.details.OutputOf: // it has not been read yet
		all = nil
	case len(all) == 0:
		return fill(m.noOutput(), room)
	}
	end := max(0, len(all)-m.back)
	var lines []string
	for _, text := range all[max(0, end-room):end] {
		lines = append(lines, screen.Cut(text, m.width))
	}
	return fill(lines, room)
}

// noOutput returns lines in place of the output of a run that has printed nothing: the full reason why it waits.
func (m *Model) noOutput() []string {
	why := "It has printed nothing yet."
	if all, at := m.runs(Waiting), m.cursors[Waiting].at; m.list == Waiting && at < len(all) && all[at].Reason != "" {
		why = "It waits: " + all[at].Reason
	}
	var lines []string
	for _, line := range screen.Wrap(why, max(1, m.width-1)) {
		lines = append(lines, " "+line)
	}
	return lines
}

func fill(lines []string, room int) []string {
	for len(lines) < room {
		lines = append(lines, "")
	}
	return lines[:max(0, room)]
}

// status returns the last line of the screen.
func (m *Model) status() string {
	switch m.mode {
	case modeSearch:
		return m.typing("/")
	case modeLabel:
		return m.typing("Label of " + short(m.asked.Run) + " (none removes it): ")
	case modeConfirm:
		const answers = " (y/N)"
		return uneasy.Render(screen.Fit(screen.Cut(m.ask, m.width-len(answers))+answers, m.width))
	case modePage:
		return screen.Reverse.Render(screen.Fit(m.page.Status(), m.width))
	case modeOutput:
		_, name := m.chosen()
		return screen.Reverse.Render(screen.Fit(fmt.Sprintf("line %d of the last %d   q back   %s",
			len(m.details.Output)-m.back, len(m.details.Output), name), m.width))
	}
	if m.message != "" {
		return screen.Fit(m.message, m.width)
	}
	h := help.New()
	h.Styles = help.Styles{Ellipsis: plain, ShortKey: screen.Bold, ShortDesc: plain, ShortSeparator: plain}
	h.ShortSeparator = "  "
	h.SetWidth(m.width)
	return h.ShortHelpView(shortKeys)
}

// typing returns the status line while the user types. If the text is too long, it is cut at its start.
func (m *Model) typing(prompt string) string {
	text := console.Line(prompt + m.typed)
	text = ansi.TruncateLeft(text, ansi.StringWidth(text)+1-m.width, "")
	return screen.Cut(text, m.width-1) + screen.Reverse.Render(" ")
}

// shortKeys are the keys in the status line.
var shortKeys = []key.Binding{
	binding("?", "help", "?"), binding("q", "quit", "q"), binding("Tab", "next", "tab"), binding("/", "filter", "/"),
	binding("Enter", "info", "enter"), binding("o", "output", "o"), binding("s", "stop", "s"), binding("l", "label", "l"),
}

// duration formats a duration in few characters.
func duration(d time.Duration) string {
	d = max(0, d)
	s, m, h := int(d.Seconds()), int(d.Minutes()), int(d.Hours())
	switch {
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case m < 10:
		return fmt.Sprintf("%dm%02ds", m, s%60)
	case m < 60:
		return fmt.Sprintf("%dm", m)
	case h < 24:
		return fmt.Sprintf("%dh%02dm", h, m%60)
	}
	return fmt.Sprintf("%dd%02dh", h/24, h%24)
}
