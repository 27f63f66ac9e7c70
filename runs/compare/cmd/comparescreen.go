package cmd

import (
	"cmp"
	"context"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"

	"guild/runs/catalog"
	runscmd "guild/runs/cmd"
	"guild/runs/compare"
	"guild/runs/compare/view"
	"guild/runs/console/screen"
)

// shortest is the least time between two looks at the runs.
const shortest = 2 * time.Second

// show shows the comparison on the whole screen, and keeps it up to date, until the user quits.
func (k *Compared) show(ctx context.Context, s *catalog.Catalog, in, out *os.File) error {
	t, err := k.table(s)
	if err != nil {
		return err
	}
	m := &compareScreen{compared: k, catalog: s, pause: shortest, view: &view.View{Live: true, Detail: runscmd.InfoText}}
	m.view.SetTable(t)
	m.view.GoTo(cmp.Or(k.Min, k.Max))
	return screen.Run(ctx, in, out, m)
}

// compareScreen is the program on the terminal: it reads comparisons, one at a time, while it handles keys.
type compareScreen struct {
	view          *view.View
	compared      *Compared
	catalog       *catalog.Catalog
	width, height int

	pause   time.Duration // between two looks
	timer   int           // number of the current pause; earlier ones were ended by a key that started a reading
	reading bool
	again   bool // read once more after the current reading, which began before a request
}

// loaded is a comparison, and how long reading it took.
type loaded struct {
	table *compare.Table
	err   error
	took  time.Duration
}

// pauseOver is the number of a pause that is over.
type pauseOver int

// Init implements tea.Model.
func (m *compareScreen) Init() tea.Cmd { return m.wait() }

// Update implements tea.Model.
func (m *compareScreen) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.KeyPressMsg:
		switch m.view.Press(msg.String()) {
		case view.Quit:
			return m, tea.Quit
		case view.Reload:
			return m, m.read()
		}
	case tea.PasteMsg:
		m.view.Paste(msg.Content)
	case loaded:
		return m, m.loaded(msg)
	case pauseOver:
		switch {
		case int(msg) != m.timer:
		case m.view.Live:
			return m, m.read()
		default:
			return m, m.wait()
		}
	}
	return m, nil
}

// View implements tea.Model.
func (m *compareScreen) View() tea.View {
	if m.width == 0 { // the size is not known yet
		return screen.View("")
	}
	return screen.View(m.view.Screen(m.width, m.height))
}

func (m *compareScreen) wait() tea.Cmd {
	m.timer++
	number := pauseOver(m.timer)
	return tea.Tick(m.pause, func(time.Time) tea.Msg { return number })
}

// read begins to read the runs; if a reading is under way, another follows it.
func (m *compareScreen) read() tea.Cmd {
	if m.reading {
		m.again = true
		return nil
	}
	m.reading = true
	m.timer++ // a new pause begins after this reading
	k, from := m.compared.where(m.view.Expr), m.catalog.Fresh()
	return func() tea.Msg {
		begin := time.Now()
		t, err := k.table(from)
		return loaded{t, err, time.Since(begin)}
	}
}

// loaded shows a comparison, and waits for the next look. The longer the reading took, the longer the pause.
func (m *compareScreen) loaded(l loaded) tea.Cmd {
	const share = 10 // reading takes at most 1/10 of the time
	m.pause = max(shortest, share*l.took)
	m.reading = false
	if l.err != nil {
		m.view.Fail(l.err)
	} else {
		m.view.SetTable(l.table)
	}
	if m.again {
		m.again = false
		return m.read()
	}
	return m.wait()
}

// where returns the comparison restricted to runs for which an expression holds.
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
