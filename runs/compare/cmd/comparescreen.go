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

// shortest is the shortest pause between two readings of the runs.
const shortest = 2 * time.Second

// show shows the comparison on the whole terminal, and keeps it up to date, until the user leaves.
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

// compareScreen is the program on the terminal. It reads comparisons in the background, one at a time.
type compareScreen struct {
	view          *view.View
	compared      *Compared
	catalog       *catalog.Catalog
	width, height int

	pause   time.Duration // between two readings
	timer   int           // number of the current pause; the end of an earlier one is ignored, since a key has started a reading meanwhile
	reading bool
	again   bool // read once more after the current reading, which began before the user asked for something
}

// loaded is the result of a reading, and how long it took.
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

// read starts a reading of the runs. If one is under way, another follows it.
func (m *compareScreen) read() tea.Cmd {
	if m.reading {
		m.again = true
		return nil
	}
	m.reading = true
	m.timer++ // the next pause begins after this reading
	k, from := m.compared.where(m.view.Expr), m.catalog.Fresh()
	return func() tea.Msg {
		begin := time.Now()
		t, err := k.table(from)
		return loaded{t, err, time.Since(begin)}
	}
}

// loaded shows what was read, and starts the next pause, which is longer if reading takes long.
func (m *compareScreen) loaded(l loaded) tea.Cmd {
	const share = 10 // reading takes at most about one tenth of the time
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

// where returns the same comparison, limited to runs for which a filter expression holds too.
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
