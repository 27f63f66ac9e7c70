package top

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"guild/runs"
	"guild/runs/console/screen"
	"guild/sched/web"
)

const (
	shortestPause = 250 * time.Millisecond // least time between two looks at the store
	lookShare     = 20                     // looks take at most 1/20 of the time,
	longestPause  = 10 * time.Second       // unless a look takes very long
	patience      = 3 * time.Second        // after this time the screen says that the store does not answer
)

// Actions are the functions for what the program does with runs beside showing lists.
type Actions struct {
	// Act carries out an action that the user has confirmed, and returns its output.
	Act func(context.Context, web.Action) (output string, err error)
	// Describe returns everything that is known about a run.
	Describe func(*runs.Run) string
}

// Program connects the screen and the store.
type Program struct {
	ctx     context.Context
	model   *Model
	reader  *Reader
	actions Actions

	reading     time.Time // when the current reading began; zero: none
	wantLook    bool      // to be read after the current reading
	wantDetails bool
	paused      bool     // the next look waits for the end of the pause after the last one
	asked       string   // run of the latest details
	askedAlso   []string // running runs of the latest details

	drawn string // the screen; empty if it may have changed
}

// NewProgram returns a program that shows what the reader reads. Actions on runs end with ctx.
func NewProgram(ctx context.Context, r *Reader, a Actions) *Program {
	return &Program{ctx: ctx, model: New(), reader: r, actions: a}
}

type (
	snapshotRead struct {
		look *web.Look
		took time.Duration
	}
	detailed  Details
	woken     struct{}
	pauseOver struct{}
	polled    struct{}
	described struct{ text string }
	labelled  struct{ id, label string }
	acted     struct {
		output string
		err    error
	}
)

// Init implements tea.Model.
func (p *Program) Init() tea.Cmd { return tea.Batch(p.look(), p.awaitChange(), poll()) }

func poll() tea.Cmd { return tea.Tick(pollEvery, func(time.Time) tea.Msg { return polled{} }) }

func (p *Program) awaitChange() tea.Cmd {
	changed := p.reader.Woken()
	if changed == nil {
		return nil
	}
	return func() tea.Msg {
		if _, open := <-changed; !open {
			return nil
		}
		return woken{}
	}
}

// Update implements tea.Model.
func (p *Program) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg.(type) {
	case woken, pauseOver: // change nothing on the screen
	default:
		p.drawn = ""
	}
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.model.Resize(msg.Width, msg.Height)
	case tea.KeyPressMsg:
		if c := p.carryOut(p.model.Press(msg.String())); c != nil {
			return p, tea.Batch(c, p.next())
		}
	case tea.PasteMsg:
		p.model.Paste(msg.Content)
	case snapshotRead:
		pause := max(shortestPause, min(lookShare*msg.took, longestPause))
		if p.model.look == nil { // the first look takes longer than the others
			pause = shortestPause
		}
		p.reading, p.wantDetails, p.paused = time.Time{}, true, true
		p.model.SetLook(msg.look)
		return p, tea.Batch(p.next(), tea.Tick(pause, func(time.Time) tea.Msg { return pauseOver{} }))
	case detailed:
		p.reading = time.Time{}
		p.model.SetDetails(Details(msg))
	case woken:
		p.wantLook = true
		return p, tea.Batch(p.next(), p.awaitChange())
	case pauseOver:
		p.paused = false
	case polled:
		p.wantLook = true
		if !p.reading.IsZero() && time.Since(p.reading) > patience {
			p.model.SetStalled(time.Since(p.reading))
		}
		return p, tea.Batch(p.next(), poll())
	case described:
		p.model.ShowText(msg.text)
	case labelled:
		p.model.EditLabel(msg.id, msg.label)
	case acted:
		if msg.err != nil {
			msg.output += "\n" + msg.err.Error()
		}
		p.model.Tell(msg.output)
		p.wantLook = true
	}
	return p, p.next()
}

// View implements tea.Model.
func (p *Program) View() tea.View {
	if p.model.width == 0 { // the size is not known yet
		return screen.View("")
	}
	if p.drawn == "" {
		p.drawn = p.model.Screen()
	}
	return screen.View(p.drawn)
}

// next begins the next reading, if one is due and none is under way.
func (p *Program) next() tea.Cmd {
	chosen, running := p.model.Wanted()
	if chosen != p.asked || !slices.Equal(running, p.askedAlso) {
		p.wantDetails = true
	}
	switch {
	case !p.reading.IsZero():
		return nil
	case p.wantDetails:
		p.wantDetails, p.reading, p.asked, p.askedAlso = false, time.Now(), chosen, running
		schedulers, all := p.model.Listed()
		if chosen != "" {
			schedulers = append(schedulers, chosen)
		}
		watch := slices.Concat(schedulers, running, all)
		return func() tea.Msg {
			p.reader.Watch(watch)
			return detailed(p.reader.Details(chosen, running))
		}
	case p.wantLook && !p.paused:
		p.wantLook = false
		return p.look()
	}
	return nil
}

func (p *Program) look() tea.Cmd {
	p.reading = time.Now()
	return func() tea.Msg {
		begin := time.Now()
		l := p.reader.Look()
		return snapshotRead{l, time.Since(begin)}
	}
}

// carryOut returns the command for a request of the user.
func (p *Program) carryOut(r Request) tea.Cmd {
	switch r.Do {
	case Quit:
		return tea.Quit
	case Describe:
		return func() tea.Msg { return described{p.actions.Describe(p.reader.run(r.Run))} }
	case EditLabel:
		return func() tea.Msg { return labelled{r.Run, p.reader.run(r.Run).Label()} }
	case Change:
		return func() tea.Msg {
			output, err := p.actions.Act(p.ctx, r.Action)
			return acted{output, err}
		}
	}
	return nil
}
