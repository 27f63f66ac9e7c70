package cmd

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"guild/runs"
	"guild/runs/console"
	"guild/runs/listing"
	"guild/runs/natural"
	"guild/runs/plot"
	"guild/runs/series"
)

// PlotOptions are the options of commands that plot scalars.
type PlotOptions struct {
	LogY   bool    `name:"log" help:"Plots have a logarithmic axis of values."`
	LogX   bool    `name:"log-x" help:"Plots have a logarithmic axis of steps."`
	Smooth float64 `placeholder:"WEIGHT" help:"Plots are smoothed: WEIGHT, such as 0.6, is that of earlier values in each value."`
	ByTime bool    `name:"by-time" help:"Plots show the seconds since the first value in place of the steps."`
	Height int     `placeholder:"LINES" help:"Height of each plot. Default: what the terminal has room for."`
}

// Check returns an error if a value makes no sense.
func (o *PlotOptions) Check() error {
	if o.Smooth < 0 || o.Smooth >= 1 {
		return fmt.Errorf("--smooth %g: give a number from 0 to less than 1, such as --smooth 0.6", o.Smooth)
	}
	return nil
}

const defaultHeight = 14

// shortestPause is the shortest time between two drawings.
const shortestPause = time.Second

// Show draws a plot for each scalar that tags name, or for all, with a line for each run that has it. points chooses the points of a line. On a
// terminal, Show draws them again while one of the runs is under way, until ctx ends.
func (o *PlotOptions) Show(ctx context.Context, c *console.Console, list []*runs.View, tags []string, points func(series.Series) []series.Point) error {
	_, out, onTerminal := c.Terminals()
	if !onTerminal {
		return writeLines(c, "", o.draw(c, list, tags, points, 0))
	}
	live := make([]*runs.View, len(list)) // the listed snapshots show only past statuses
	for i, r := range list {
		live[i] = r.Run().AsView()
	}
	drawn := []string(nil)
	for {
		// The status is read before the scalars, so that the last drawing has all that the run recorded before it ended.
		running := slices.ContainsFunc(live, func(r *runs.View) bool { return r.UnderWay(r.Status()) })
		began := time.Now()
		lines := o.draw(c, live, tags, points, rowsOf(out))
		if !slices.Equal(lines, drawn) {
			erase := ""
			if len(drawn) > 0 {
				erase = fmt.Sprintf("\x1b[%dA\x1b[J", len(drawn))
			}
			if err := writeLines(c, erase, lines); err != nil {
				return err
			}
			drawn = lines
		}
		if !running {
			return nil
		}
		const share = 10 // reading takes at most 1/10 of the time
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(max(shortestPause, share*time.Since(began))):
		}
	}
}

// writeLines writes lines with escape sequences. Texts from runs contain none, since they went through oneLine.
func writeLines(c *console.Console, before string, lines []string) error {
	_, err := fmt.Fprint(c.Out, before+strings.Join(lines, "\n")+"\n")
	return err
}

// rowsOf returns the number of lines of a terminal, 0 if unknown.
func rowsOf(out *os.File) int {
	size, err := unix.IoctlGetWinsize(int(out.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0
	}
	return int(size.Row)
}

// draw returns the lines of all plots, in at most the given number of lines; 0 means no limit.
func (o *PlotOptions) draw(c *console.Console, list []*runs.View, tags []string, points func(series.Series) []series.Point, rows int) []string {
	byKey := map[string][]series.Series{}
	var keys []string
	for _, r := range list {
		all, _ := series.Read(r, series.Select{Tags: tags}) // from a damaged file, what can be read
		for _, s := range all {
			if byKey[s.Key] == nil {
				keys = append(keys, s.Key)
			}
			byKey[s.Key] = append(byKey[s.Key], s)
		}
	}
	if len(keys) == 0 {
		return []string{"No scalars to plot."}
	}
	slices.SortFunc(keys, natural.Compare)
	look := plot.Options{Width: c.Width(), Height: o.Height, LogX: o.LogX, LogY: o.LogY, Smooth: o.Smooth, Color: c.Color}
	if look.Height == 0 {
		look.Height = defaultHeight
		if rows > 0 {
			beside := 2 + len(list) // title, legend, an empty line
			look.Height = max(plot.LeastHeight, min(defaultHeight, (rows-2)/len(keys)-beside))
		}
	}
	var lines []string
	for i, key := range keys {
		look.Title = console.OneLine(key)
		one := plot.Draw(linesOf(byKey[key], points, o.ByTime), look)
		if i > 0 {
			one = append([]string{""}, one...)
		}
		if left := len(keys) - i; rows > 0 && i > 0 && len(lines)+len(one) > rows-2 {
			return append(lines, fmt.Sprintf("%d more scalar(s): choose some with --tag, or make the terminal higher.", left))
		}
		lines = append(lines, one...)
	}
	return lines
}

// linesOf converts the series of one scalar to lines of a plot.
func linesOf(all []series.Series, points func(series.Series) []series.Point, byTime bool) []plot.Line {
	lines := make([]plot.Line, len(all))
	for i, s := range all {
		lines[i].Name = strings.TrimRight("["+s.Run.ShortID()+"] "+listing.Operation(s.Run, "")+"  "+console.OneLine(s.Run.Label()), " ")
		var first time.Time
		for _, p := range points(s) {
			x := float64(p.Step)
			if byTime {
				if p.Time.IsZero() {
					continue
				}
				if first.IsZero() {
					first = p.Time
				}
				x = p.Time.Sub(first).Seconds()
			}
			lines[i].X, lines[i].Y = append(lines[i].X, x), append(lines[i].Y, p.Value)
		}
	}
	return lines
}
