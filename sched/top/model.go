package top

import (
	"slices"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/console/screen"
	"guild/sched/web"
)

// Pane is a part of the screen.
type Pane int

// The panes, from the top. All but the last are lists of runs.
const (
	Schedulers Pane = iota
	Running
	Waiting
	Output
	panes
	lists = Output
)

// Figures are a run's scalars in short.
type Figures struct {
	Key  string    // of the scalar that best shows the run's progress: the loss, if there is one
	Last float64   // its latest value
	Line []float64 // some of its values, in their order
}

// Details are read for single runs: the chosen run, and the running runs on the screen.
type Details struct {
	OutputOf string   // id of the run
	Output   []string // its last lines; the last line may be incomplete
	Figures  map[string]Figures
}

// Model is the state of the screen.
type Model struct {
	look    *web.Look // nil before the first look
	details Details
	stalled time.Duration // how long the store has not answered; 0: it does

	width, height int
	focus         Pane
	list          Pane          // the list that last had the focus: the run under its cursor is the chosen run
	cursors       [lists]cursor // of each list
	back          int           // number of lines of the output below the screen

	mode    mode
	search  string
	typed   string // in modeSearch and modeLabel
	asked   Request
	ask     string // question of modeConfirm
	page    screen.Page
	message string // shown until the next key
}

// cursor is a position in a list.
type cursor struct {
	id     string // of the run under the cursor
	at     int    // index of the run among the rows
	first  int    // first row on the screen
	height int    // number of rows that fit on the screen
}

type mode int

const (
	modeLists mode = iota
	modeSearch
	modeLabel   // the user types a label for asked.Run
	modeConfirm // the user is asked to confirm asked
	modePage    // a text
	modeOutput  // the output on the whole screen
)

// Do is the kind of a Request.
type Do int

// The kinds of requests.
const (
	Nothing   Do = iota
	Quit         // end the program
	Describe     // read the description of Run, and call ShowText
	EditLabel    // read the label of Run, and call EditLabel
	Change       // do Action, which the user has confirmed, and call Tell
)

// Request tells the caller what to do after a key.
type Request struct {
	Do     Do
	Run    string // full id
	Action web.Action
}

// New returns a model without data from the store.
func New() *Model { return &Model{focus: Running, list: Running} }

// Resize changes the size of the screen, in cells.
func (m *Model) Resize(width, height int) {
	m.width, m.height = width, height
	m.settle()
}

// SetLook replaces the data of the store. Cursors stay on their runs.
func (m *Model) SetLook(l *web.Look) {
	m.look, m.stalled = l, 0
	for p := range lists {
		c, ids := &m.cursors[p], m.ids(p)
		if at := slices.Index(ids, c.id); at >= 0 {
			c.at = at
		}
	}
	m.settle()
}

// SetDetails replaces the data of single runs.
func (m *Model) SetDetails(d Details) {
	if d.OutputOf != m.details.OutputOf {
		m.back = 0
	}
	m.details = d
	m.settle()
}

// SetStalled sets how long the store has not answered.
func (m *Model) SetStalled(d time.Duration) { m.stalled = d }

// Tell shows a message until the next key.
func (m *Model) Tell(text string) { m.message = strings.Join(strings.Fields(text), " ") }

// ShowText shows a text on the whole screen, unless the user has meanwhile begun something else.
func (m *Model) ShowText(text string) {
	if m.mode == modeLists {
		m.mode, m.page = modePage, screen.NewPage(text)
	}
}

// EditLabel lets the user edit the label of a run, unless they have meanwhile begun something else.
func (m *Model) EditLabel(id, label string) {
	if m.mode != modeLists {
		return
	}
	m.mode, m.typed, m.asked = modeLabel, label, Request{Do: Change, Run: id, Action: web.Action{Do: "label", Runs: []string{id}}}
}

// Wanted returns the ids of the runs whose details are wanted: the chosen run, empty if there is none, and the running runs on the screen.
func (m *Model) Wanted() (chosen string, running []string) {
	chosen, _ = m.chosen()
	ids, c := m.ids(Running), m.cursors[Running]
	return chosen, ids[min(c.first, len(ids)):min(len(ids), c.first+c.height)]
}

// Listed returns the full ids of the schedulers and running runs in the lists, whether on the screen or not.
func (m *Model) Listed() (schedulers, running []string) {
	if m.look == nil {
		return nil, nil
	}
	for _, s := range m.look.Schedulers {
		schedulers = append(schedulers, s.ID)
	}
	for _, r := range m.look.Running {
		running = append(running, r.ID)
	}
	return schedulers, running
}

// chosen returns the id of the run under the cursor of the list that last had the focus, and its name in questions.
func (m *Model) chosen() (id, name string) {
	c := m.cursors[m.list]
	if m.look == nil {
		return "", ""
	}
	if m.list == Schedulers {
		if all := m.schedulers(); c.at < len(all) {
			s := all[c.at]
			return s.ID, "scheduler " + s.ShortID + " (" + s.Kind + " on " + s.Host + ")"
		}
		return "", ""
	}
	if all := m.runs(m.list); c.at < len(all) {
		return all[c.at].ID, "run " + strings.TrimSpace(all[c.at].ShortID+" "+all[c.at].Op+" "+all[c.at].Label)
	}
	return "", ""
}

// schedulers returns the schedulers that match the search.
func (m *Model) schedulers() []web.Scheduler {
	if m.look == nil {
		return nil
	}
	return m.passing(m.look.Schedulers)
}

func (m *Model) passing(all []web.Scheduler) (list []web.Scheduler) {
	for _, s := range all {
		if m.matches(s.ID, s.Kind, s.Host, s.Label, string(s.Life)) {
			list = append(list, s)
		}
	}
	return list
}

// runs returns the runs of a list that match the search.
func (m *Model) runs(p Pane) (list []web.Run) {
	if m.look == nil {
		return nil
	}
	all := m.look.Running
	if p == Waiting {
		all = m.look.Waiting
	}
	for _, r := range all {
		if m.matches(append([]string{r.ID, r.Op, r.Label, r.Host, r.Reason, r.Scheduler}, r.Tags...)...) {
			list = append(list, r)
		}
	}
	return list
}

// matches reports whether one of the texts contains the searched text, ignoring case.
func (m *Model) matches(texts ...string) bool {
	what := strings.ToLower(m.search)
	return what == "" || slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), what) })
}

// ids returns the ids of a list's rows.
func (m *Model) ids(p Pane) []string {
	var ids []string
	if p == Schedulers {
		for _, s := range m.schedulers() {
			ids = append(ids, s.ID)
		}
		return ids
	}
	for _, r := range m.runs(p) {
		ids = append(ids, r.ID)
	}
	return ids
}

// settle keeps cursors and scrolling within the data, after the data or the size has changed.
func (m *Model) settle() {
	heights := m.heights()
	for p := range lists {
		c, ids := &m.cursors[p], m.ids(p)
		c.at = max(0, min(c.at, len(ids)-1))
		c.id = ""
		if c.at < len(ids) {
			c.id = ids[c.at]
		}
		c.height = max(0, heights[p]-1)
		c.first = max(0, c.at-c.height+1, min(c.first, c.at, len(ids)-c.height))
	}
	m.back = max(0, min(m.back, len(m.details.Output)-m.outputRoom()))
}

// outputRoom returns the number of lines of output that fit on the screen.
func (m *Model) outputRoom() int {
	if m.mode == modeOutput {
		return max(1, m.height-1)
	}
	return max(1, m.heights()[Output]-1)
}

// short returns the short form of a full id.
func short(id string) string { return runs.Named(id, "").ShortID() }
