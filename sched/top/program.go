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
	shortestPause = 250 * time.Millisecond // between two looks, however much happens
	lookShare     = 20                     // looks take at most that part of the time
	patience      = 3 * time.Second        // after which it is said that the store does not answer
)

// Actions are what the program does to runs and tells of them, beside what it shows.
type Actions struct {
	// Act does an action that the user has confirmed, and returns what it has to say.
	Act func(context.Context, web.Action) (said string, err error)
	// Describe returns all that is known of a run.
	Describe func(*runs.Run) string
}

// Program is the screen and the store.
type Program struct {
	ctx     context.Context
	model   *Model
	reader  *Reader
	actions Actions

	reading     time.Time // when the reading under way has begun; zero: none is
	wantLook    bool      // and when that is over, this is to be read
	wantDetails bool
	paused      bool // a look is due when the pause since the last one is over
	pause       time.Duration
	asked       string   // what the details that were asked for last are of
	askedAlso   []string // likewise

	drawn string // the screen; empty: it may have changed
}

// NewProgram returns a program that shows what the reader reads. What it does to runs ends with ctx.
func NewProgram(ctx context.Context, r *Reader, a Actions) *Program {
	return &Program{ctx: ctx, model: New(), reader: r, actions: a}
}

type (
	looked struct {
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
		said string
		err  error
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
	case woken, pauseOver: // change nothing that shows
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
	case looked:
		p.reading, p.wantDetails = time.Time{}, true
		p.model.SetLook(msg.look)
		p.pause = max(shortestPause, lookShare*msg.took)
		p.paused = true
		return p, tea.Batch(p.next(), tea.Tick(p.pause, func(time.Time) tea.Msg { return pauseOver{} }))
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
			msg.said += "\n" + msg.err.Error()
		}
		p.model.Tell(msg.said)
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
		return looked{l, time.Since(begin)}
	}
}

// carryOut does what the user has asked for.
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
			said, err := p.actions.Act(p.ctx, r.Action)
			return acted{said, err}
		}
	}
	return nil
}
