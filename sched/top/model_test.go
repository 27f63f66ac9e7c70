package top

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"guild/sched/web"
)

var update = flag.Bool("update", false, "write the screens in testdata anew")

var now = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// id returns a full id that begins with some digits.
func id(start string) string { return start + strings.Repeat("0", 32-len(start)) }

// look returns a store's data with schedulers on two hosts, three running runs and four waiting runs.
func look() *web.Look {
	run := func(start, op, label string, ago time.Duration) web.Run {
		return web.Run{ID: id(start), ShortID: start, Op: op, Label: label, Since: now.Add(-ago)}
	}
	running := []web.Run{run("a1000000", "resnet:train", "lr=0.1 epochs=90", 42*time.Second), run("a2000000", "resnet:train", "数据 增强", 25*time.Minute),
		run("a3000000", "prepare", "bad \x1b]0;title\x07 \u202etxt", 26*time.Hour)}
	for i := range running {
		running[i].Status, running[i].Host, running[i].Scheduler, running[i].Worker = "running", "node1", "51000000", i+1
	}
	var waiting []web.Run
	for i, reason := range []string{"for a free worker", "requires gpu=2 of 4, of which 3 are used", "after run a1000000", ""} {
		r := run(fmt.Sprintf("b%d000000", i+1), "resnet:train", fmt.Sprintf("lr=0.%d", i+2), time.Duration(i+1)*100*time.Second)
		r.Status, r.Reason, r.Position = "staged", reason, i+1
		waiting = append(waiting, r)
	}
	waiting[3].Position, waiting[3].Reason = 0, "not staged"
	return &web.Look{
		Snapshot: &web.Snapshot{Now: now, Root: "/home/ada/.guild/runs", Running: running, Waiting: waiting,
			Counts: web.Counts{Running: 3, Staged: 3, Pending: 1, Completed: 120, Error: 4},
			Schedulers: []web.Scheduler{
				{ID: id("51000000"), ShortID: "51000000", Kind: "dask:scheduler", Host: "node1", Life: web.Live, Workers: 4,
					Busy: make([]web.Slot, 3), Waiting: 3, Done: 20, Failed: 4, Resources: []web.Resource{{Name: "gpu", Used: 3, Total: 4}}},
				{ID: id("52000000"), ShortID: "52000000", Kind: "queue", Host: "node2", Life: web.Live, Paused: true, Workers: 1, Waiting: 3},
				{ID: id("53000000"), ShortID: "53000000", Kind: "slurm:scheduler", Host: "login", Life: web.Lost, Workers: 64},
			}},
		Expected: map[string]time.Time{id("b1000000"): now, id("b2000000"): now.Add(4 * time.Minute)},
		Usual:    map[string]time.Duration{"resnet:train": time.Minute},
	}
}

func details() Details {
	d := Details{OutputOf: id("a1000000"), Figures: map[string]Figures{
		id("a1000000"): {Key: "loss", Last: 0.123456, Line: []float64{8, 7, 6, 5, 4, 3, 2, math.NaN(), 1}},
		id("a2000000"): {Key: "val/accuracy", Last: 0.9, Line: []float64{1, 1}},
	}}
	for i := range 100 {
		d.Output = append(d.Output, fmt.Sprintf("line %d", i+1))
	}
	d.Output[98] = "clear \x1b[2J me"
	return d
}

func newModel(width, height int) *Model {
	m := New()
	m.Resize(width, height)
	m.SetLook(look())
	m.SetDetails(details())
	return m
}

func press(m *Model, keys string) (last Request) {
	for key := range strings.FieldsSeq(keys) {
		last = m.Press(key)
	}
	return last
}

// TestScreens compares screens without colours with the files in testdata.
func TestScreens(t *testing.T) {
	for _, size := range []struct{ width, height int }{{80, 24}, {40, 10}, {200, 50}, {40, 9}} {
		for name, keys := range map[string]string{"start": "", "schedulers": "shift+tab j", "waiting": "tab j", "output": "shift+tab shift+tab pgup", "help": "?",
			"stop": "s", "search": "/ g p u", "whole": "o"} {
			name := fmt.Sprintf("%s-%dx%d", name, size.width, size.height)
			t.Run(name, func(t *testing.T) {
				m := newModel(size.width, size.height)
				press(m, keys)
				if chosen, _ := m.Wanted(); chosen != id("a1000000") {
					m.SetDetails(Details{OutputOf: chosen, Figures: details().Figures})
				}
				golden(t, name, m.Screen(), size.width, size.height)
			})
		}
	}
}

// golden compares a screen with a file, and checks that it has the size.
func golden(t *testing.T, name, screen string, width, height int) {
	t.Helper()
	lines := strings.Split(screen, "\n")
	if len(lines) != height {
		t.Errorf("%d lines on a screen of %d", len(lines), height)
	}
	for i, line := range lines {
		if w := ansi.StringWidth(line); w > width {
			t.Errorf("line %d has %d cells: %q", i+1, w, line)
		}
		text := ansi.Strip(line)
		if strings.ContainsAny(text, "\x1b\x07\r\t\u202e") {
			t.Errorf("control characters in line %d: %q", i+1, text)
		}
		lines[i] = strings.TrimRight(text, " ")
	}
	got, path := strings.Join(lines, "\n")+"\n", filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Error(d)
	}
}

func TestRequests(t *testing.T) {
	stop := func(start string) Request {
		return Request{Do: Change, Run: id(start), Action: web.Action{Do: "stop", Runs: []string{id(start)}}}
	}
	for _, tt := range []struct {
		keys string
		want Request
	}{
		{"q", Request{Do: Quit}},
		{"ctrl+c", Request{Do: Quit}},
		{"? q", Request{}},
		{"? ctrl+c", Request{Do: Quit}},
		{"s ctrl+c", Request{Do: Quit}},
		{"/ q", Request{}},
		{"enter", Request{Do: Describe, Run: id("a1000000")}},
		{"j j j j enter", Request{Do: Describe, Run: id("a3000000")}},
		{"tab j enter", Request{Do: Describe, Run: id("b2000000")}},
		{"tab tab tab G enter", Request{Do: Describe, Run: id("53000000")}},
		{"tab tab enter", Request{}}, // opens the output on the whole screen
		{"/ 数 enter enter", Request{Do: Describe, Run: id("a2000000")}},
		{"/ n o t h i n g enter enter", Request{}},
		{"s", Request{}},
		{"s y", stop("a1000000")},
		{"s Y", stop("a1000000")},
		{"s n", Request{}},
		{"s enter", Request{}},
		{"s esc y", Request{}},
		{"j s y", stop("a2000000")},
		{"tab s y", stop("b1000000")},
		{"tab tab s y", stop("b1000000")}, // the run whose output is on the screen
		{"shift+tab s y", stop("51000000")},
		{"j l", Request{Do: EditLabel, Run: id("a2000000")}},
		{"y", Request{}},
	} {
		if d := cmp.Diff(tt.want, press(newModel(80, 24), tt.keys)); d != "" {
			t.Errorf("%s: %s", tt.keys, d)
		}
	}
}

func TestLabel(t *testing.T) {
	m := newModel(80, 24)
	m.EditLabel(id("a1000000"), "old")
	press(m, "backspace backspace backspace n e w")
	m.Paste(" er\n\x1b[2J")
	if got := m.status(); !strings.HasPrefix(got, "Label of a1000000 (none removes it): newer [2J") {
		t.Errorf("%q", got)
	}
	if got := press(m, "enter"); got.Do != Nothing || !strings.Contains(m.status(), "Label run a1000000 newer [2J? (y/N)") {
		t.Errorf("%+v, %q", got, m.status())
	}
	want := Request{Do: Change, Run: id("a1000000"), Action: web.Action{Do: "label", Runs: []string{id("a1000000")}, Value: "newer [2J"}}
	if d := cmp.Diff(want, press(m, "y")); d != "" {
		t.Error(d)
	}
	m.EditLabel(id("a1000000"), "old")
	if press(m, "ctrl+u enter"); !strings.Contains(m.status(), "Remove the label of run a1000000? (y/N)") {
		t.Errorf("%q", m.status())
	}
	if got := press(m, "n"); got.Do != Nothing || !strings.Contains(m.status(), "Nothing was done.") {
		t.Errorf("%+v, %q", got, m.status())
	}
	press(m, "s")
	m.EditLabel(id("a2000000"), "late") // the answer came after the user had begun something else
	if got := press(m, "y"); got.Action.Do != "stop" {
		t.Errorf("%+v", got)
	}
}

// TestCursorStaysOnItsRun moves the cursor and changes the lists below it.
func TestCursorStaysOnItsRun(t *testing.T) {
	m := newModel(80, 24)
	press(m, "j")
	l := look()
	l.Running = append([]web.Run{{ID: id("a0000000"), ShortID: "a0000000", Op: "first"}}, l.Running...)
	m.SetLook(l)
	if got, _ := m.Wanted(); got != id("a2000000") {
		t.Errorf("the cursor is on %s", got)
	}
	l = look()
	l.Running = l.Running[:1]
	m.SetLook(l)
	if got, _ := m.Wanted(); got != id("a1000000") {
		t.Errorf("without its run, the cursor is on %s", got)
	}
	l.Running = nil
	m.SetLook(l)
	if got, running := m.Wanted(); got != "" || len(running) != 0 {
		t.Errorf("without runs, %q and %q are wanted", got, running)
	}
	for _, keys := range []string{"s", "l", "enter", "o", "j", "G"} {
		if got := press(m, keys); got.Do != Nothing || m.mode != modeLists {
			t.Errorf("%s without runs: %+v", keys, got)
		}
	}
}

// TestScrolling: more runs than fit on the screen.
func TestScrolling(t *testing.T) {
	m := newModel(80, 24)
	l := look()
	for i := range 50 {
		l.Running = append(l.Running, web.Run{ID: id(fmt.Sprintf("c%07d", i)), ShortID: fmt.Sprintf("c%07d", i), Op: "many"})
	}
	m.SetLook(l)
	for _, keys := range []string{"G", "k k", "pgup", "g", "pgdown pgdown"} {
		press(m, keys)
		chosen, running := m.Wanted()
		if !strings.Contains(strings.Join(running, " "), chosen) {
			t.Errorf("%s: %s is not on the screen %q", keys, chosen, running)
		}
		if !strings.Contains(ansi.Strip(m.Screen()), "›"+chosen[:8]) {
			t.Errorf("%s: no mark at %s:\n%s", keys, chosen, ansi.Strip(m.Screen()))
		}
	}
	m.Resize(3, 1)
	m.Resize(0, 0)
	_ = m.Screen()
}

// TestBeforeTheFirstLook: the model draws and handles keys without data.
func TestBeforeTheFirstLook(t *testing.T) {
	m := New()
	m.Resize(80, 24)
	if got := ansi.Strip(m.Screen()); !strings.Contains(got, "Reading the runs ...") {
		t.Errorf("%s", got)
	}
	if got := press(m, "s j tab enter l o / x enter"); got.Do != Nothing {
		t.Errorf("%+v", got)
	}
	m.SetStalled(12 * time.Second)
	m.SetLook(look())
	m.SetStalled(12 * time.Second)
	if got := m.title(); !strings.Contains(got, "The runs root has not answered for 12s: /home/ada/.guild/runs") {
		t.Errorf("%q", got)
	}
	l := look()
	l.Error = "read the runs root: permission denied"
	if m.SetLook(l); !strings.Contains(m.title(), l.Error) {
		t.Errorf("%q", m.title())
	}
}

// TestColours: only colours of the palette of 16 are used.
func TestColours(t *testing.T) {
	m := newModel(200, 50)
	for _, keys := range []string{"", "shift+tab", "s", "esc ?"} {
		press(m, keys)
		if s := m.Screen(); strings.Contains(s, "38;") || strings.Contains(s, "48;") {
			t.Errorf("%s: a colour out of the palette in %q", keys, s)
		}
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{-time.Second: "0s", 59 * time.Second: "59s", 61 * time.Second: "1m01s", 10 * time.Minute: "10m",
		61 * time.Minute: "1h01m", 49 * time.Hour: "2d01h"} {
		if got := duration(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

func TestCurve(t *testing.T) {
	for want, values := range map[string][]float64{"": nil, "▁▁": {3, 3}, "▁ █": {0, math.NaN(), 1}, "█▁": {math.MaxFloat64, -math.MaxFloat64},
		" ": {math.Inf(1)}, "▁▅█": {0, 0.5, 1}} {
		if got := curve(values); got != want {
			t.Errorf("%v: %q, want %q", values, got, want)
		}
	}
}

func TestProgress(t *testing.T) {
	for _, tt := range []struct {
		took, usual time.Duration
		want        string
	}{{time.Second, 0, ""}, {0, time.Minute, "░░░░░   0%"}, {30 * time.Second, time.Minute, "██░░░  50%"}, {time.Hour, time.Minute, "█████>100%"},
		{-time.Hour, time.Minute, "░░░░░   0%"}, {59 * time.Second, time.Minute, "████░  98%"}} {
		if got := progressText(tt.took, tt.usual); got != tt.want {
			t.Errorf("%v of %v: %q, want %q", tt.took, tt.usual, got, tt.want)
		}
	}
}
