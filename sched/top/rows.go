package top

import (
	"fmt"
	"math"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"guild/runs/console/screen"
	"guild/sched/web"
)

// cell is the content of one column in a row.
type cell struct {
	text  string
	style lipgloss.Style
}

func text(s string) cell { return cell{s, plain} }

// column is a column of a list. It has either a width or a share.
type column struct {
	width int // in cells
	share int // of the width that the other columns leave
	from  int // least width of the screen at which the column is shown
}

var (
	schedulerColumns = []column{{width: 8}, {share: 1}, {width: 8}, {width: 10}, {width: 11, from: 60}, {width: 10, from: 100}, {width: 9, from: 70}, {width: 24, from: 110}}
	runningColumns   = []column{{width: 8}, {share: 1}, {width: 16, from: 100}, {width: 5}, {width: 10, from: 60}, {width: 13, from: 50}, {width: curveWidth, from: 72}}
	waitingColumns   = []column{{width: 3, from: 50}, {width: 8}, {share: 2}, {width: 5, from: 60}, {width: 8, from: 90}, {share: 3}}
)

// widthsOf returns the widths of columns on a screen of the given width; -1 for hidden columns.
func widthsOf(columns []column, width int) []int {
	widths := make([]int, len(columns))
	room, shares := width-markWidth+gap(width), 0 // no gap after the last column
	for i, c := range columns {
		if width < c.from {
			widths[i] = -1
			continue
		}
		widths[i] = c.width
		room -= c.width + gap(width)
		shares += c.share
	}
	for i, c := range columns {
		if c.share > 0 {
			widths[i] = max(0, room*c.share/shares)
			room -= widths[i]
			shares -= c.share
		}
	}
	return widths
}

// gap returns the number of blanks between two columns.
func gap(width int) int {
	if width < 60 {
		return 1
	}
	return 2
}

const markWidth = 1

// mark returns the sign before a row: › if it is the chosen run.
func mark(cursor, chosen bool) string {
	if cursor && chosen {
		return "›"
	}
	return " "
}

// line returns a row of exactly the given width. The row under the cursor has one style as a whole.
func line(row []cell, widths []int, width int, mark string, cursor bool) string {
	var b strings.Builder
	b.WriteString(mark)
	first := true
	used := markWidth
	for i, c := range row {
		if widths[i] < 0 {
			continue
		}
		if !first {
			b.WriteString(strings.Repeat(" ", gap(width)))
			used += gap(width)
		}
		first = false
		fits := screen.Fit(c.text, min(widths[i], width-used))
		used += max(0, min(widths[i], width-used))
		if cursor {
			b.WriteString(fits)
		} else {
			b.WriteString(c.style.Render(fits))
		}
	}
	if cursor {
		return screen.Reverse.Render(b.String() + strings.Repeat(" ", max(0, width-used)))
	}
	return b.String()
}

func (m *Model) schedulerRows() (rows [][]cell) {
	for _, s := range m.schedulers() {
		life, style := string(s.Life), good
		switch {
		case s.Life == web.Lost:
			style = bad
		case s.Life == web.Silent:
			style = uneasy
		case s.Paused:
			life, style = "paused", uneasy
		}
		failed := text(fmt.Sprintf("%d failed", s.Failed))
		if s.Failed > 0 {
			failed.style = bad
		}
		var resources []string
		for _, r := range s.Resources {
			resources = append(resources, fmt.Sprintf("%s %g/%g", r.Name, r.Used, r.Total))
		}
		rows = append(rows, []cell{text(s.ShortID), text(strings.TrimSpace(s.Kind + " on " + s.Host + "  " + s.Label)), {life, style},
			text(fmt.Sprintf("%d/%d busy", len(s.Busy), s.Workers)), text(fmt.Sprintf("%d waiting", s.Waiting)),
			text(fmt.Sprintf("%d done", s.Done)), failed, text(strings.Join(resources, "  "))})
	}
	return rows
}

func (m *Model) runningRows() (rows [][]cell) {
	for _, r := range m.runs(Running) {
		place := r.Host
		if r.Worker > 0 {
			place += fmt.Sprintf(":%d", r.Worker)
		}
		since, progress := "", ""
		if !r.Since.IsZero() {
			took := m.look.Now.Sub(r.Since)
			since, progress = duration(took), progressText(took, m.look.Usual[r.Op])
		}
		f := m.details.Figures[r.ID]
		rows = append(rows, []cell{text(r.ShortID), text(strings.TrimSpace(r.Op + "  " + r.Label)), text(place), text(since), {progress, figure},
			text(f.text()), {curve(f.Line), figure}})
	}
	return rows
}

func (m *Model) waitingRows() (rows [][]cell) {
	for _, r := range m.runs(Waiting) {
		position, since, expected := "", "", ""
		if r.Position > 0 {
			position = fmt.Sprint(r.Position)
		}
		if !r.Since.IsZero() {
			since = duration(m.look.Now.Sub(r.Since))
		}
		if at, ok := m.look.Expected[r.ID]; ok {
			if left := at.Sub(m.look.Now); left < time.Second {
				expected = "next"
			} else {
				expected = "in " + duration(left)
			}
		}
		rows = append(rows, []cell{text(position), text(r.ShortID), text(strings.TrimSpace(r.Op + "  " + r.Label)), text(since), text(expected),
			{r.Reason, uneasy}})
	}
	return rows
}

// progressText returns the share of the usual time that a run has taken, as a bar and a number.
func progressText(took, usual time.Duration) string {
	const bar = 5
	if usual <= 0 {
		return ""
	}
	share := max(0, float64(took)/float64(usual))
	if share >= 1 {
		return strings.Repeat("█", bar) + ">100%"
	}
	full := int(share * bar)
	return strings.Repeat("█", full) + strings.Repeat("░", bar-full) + fmt.Sprintf(" %3d%%", int(share*100))
}

// text returns the name and the latest value of the scalar.
func (f Figures) text() string {
	if f.Key == "" {
		return ""
	}
	name := f.Key[strings.LastIndexAny(f.Key, "/#")+1:]
	return fmt.Sprintf("%s %.4g", name, f.Last)
}

// curveWidth is the number of cells of a curve.
const curveWidth = 12

// curve draws values as blocks of different heights, and blanks for values that are not finite.
func curve(values []float64) string {
	blocks := []rune("▁▂▃▄▅▆▇█")
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if finite(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	var b strings.Builder
	for _, v := range values {
		switch {
		case !finite(v):
			b.WriteRune(' ')
		case high == low:
			b.WriteRune(blocks[0])
		default:
			// Halved first, since the difference of two large numbers may be infinite.
			share := (v/2 - low/2) / (high/2 - low/2)
			b.WriteRune(blocks[min(len(blocks)-1, int(share*float64(len(blocks))))])
		}
	}
	return b.String()
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
