package top

import (
	"strings"

	"charm.land/bubbles/v2/key"

	"guild/runs/console/screen"
	"guild/sched/web"
)

func binding(help, what string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, what))
}

// The keys with their help.
var (
	keyMove   = binding("↑ ↓ j k", "move by a line; PgUp and PgDn by a page, g and G to the ends", "up", "k", "down", "j", "pgup", "pgdown", "ctrl+b", "ctrl+f", "space", "home", "end", "g", "G")
	keyNext   = binding("Tab", "next part of the screen", "tab", "right")
	keyBefore = binding("Shift-Tab", "part before", "shift+tab", "left")
	keyEnter  = binding("Enter", "details of the run, or its whole output if the cursor is there", "enter")
	keyOutput = binding("o", "output on the whole screen", "o")
	keySearch = binding("/", "show what has a text somewhere; Esc shows all again", "/")
	keyStop   = binding("s", "stop the run or scheduler, or take a waiting run from the schedulers; asks first", "s")
	keyLabel  = binding("l", "change the label of the run; asks first", "l")
	keyHelp   = binding("?", "help", "?")
	keyQuit   = binding("q", "quit", "q", "ctrl+c")
	keyEsc    = binding("Esc", "leave what is in front, or show all again", "esc")

	allKeys = []key.Binding{keyMove, keyNext, keyBefore, keyEnter, keyOutput, keySearch, keyStop, keyLabel, keyEsc, keyHelp, keyQuit}
)

// pressed is the name of a key.
type pressed string

func (p pressed) String() string { return string(p) }

// Press handles a key, by its name in Bubble Tea, and returns a request for the caller.
func (m *Model) Press(name string) Request {
	m.message = ""
	defer m.settle()
	if name == "ctrl+c" {
		return Request{Do: Quit}
	}
	switch m.mode {
	case modeSearch, modeLabel:
		m.pressTyping(name)
		return Request{}
	case modeConfirm:
		return m.pressConfirm(name)
	case modePage:
		if m.page.Press(name) {
			m.mode = modeLists
		}
		return Request{}
	case modeOutput:
		m.pressOutput(name)
		return Request{}
	}
	return m.pressLists(pressed(name))
}

func (m *Model) pressLists(k pressed) Request {
	id, name := m.chosen()
	switch {
	case key.Matches(k, keyQuit):
		return Request{Do: Quit}
	case key.Matches(k, keyMove):
		m.move(string(k))
	case key.Matches(k, keyNext):
		m.setFocus((m.focus + 1) % panes)
	case key.Matches(k, keyBefore):
		m.setFocus((m.focus + panes - 1) % panes)
	case key.Matches(k, keySearch):
		m.mode, m.typed = modeSearch, m.search
	case key.Matches(k, keyEsc):
		m.search = ""
	case key.Matches(k, keyHelp):
		m.ShowText(helpText())
	case id == "":
	case key.Matches(k, keyOutput), m.focus == Output && key.Matches(k, keyEnter):
		m.mode, m.back = modeOutput, 0
	case key.Matches(k, keyEnter):
		return Request{Do: Describe, Run: id}
	case key.Matches(k, keyStop):
		what := "Stop "
		if m.list == Waiting {
			what = "Take from the schedulers "
		}
		m.confirm(what+name+"?", Request{Do: Change, Run: id, Action: web.Action{Do: "stop", Runs: []string{id}}})
	case key.Matches(k, keyLabel):
		return Request{Do: EditLabel, Run: id}
	}
	return Request{}
}

func (m *Model) setFocus(p Pane) {
	m.focus = p
	if p < lists {
		m.list = p
	}
}

// move moves the cursor of the focused list, or scrolls the output.
func (m *Model) move(name string) {
	if m.focus == Output {
		m.back -= screen.Step(name, m.outputRoom(), len(m.details.Output))
		return
	}
	c := &m.cursors[m.focus]
	c.at = max(0, c.at+screen.Step(name, c.height, len(m.ids(m.focus))))
}

func (m *Model) pressOutput(name string) {
	switch name {
	case "q", "esc", "enter", "o":
		m.mode = modeLists
	default:
		m.back -= screen.Step(name, m.outputRoom(), len(m.details.Output))
	}
}

// pressTyping handles a key while the user types. Each key applies the search.
func (m *Model) pressTyping(name string) {
	search := m.mode == modeSearch
	switch name {
	case "esc":
		m.mode, m.typed = modeLists, ""
	case "enter":
		if m.mode = modeLists; !search {
			m.confirmLabel()
		}
	default:
		m.typed = screen.Typed(m.typed, name)
	}
	if search {
		m.search = m.typed
	}
}

// Paste appends a text to what the user is typing, if anything.
func (m *Model) Paste(text string) {
	switch m.mode {
	case modeSearch:
		m.typed = screen.Pasted(m.typed, text)
		m.search = m.typed
	case modeLabel:
		m.typed = screen.Pasted(m.typed, text)
	}
	m.settle()
}

func (m *Model) confirmLabel() {
	r := m.asked
	r.Action.Value = strings.TrimSpace(m.typed)
	if r.Action.Value == "" {
		m.confirm("Remove the label of run "+short(r.Run)+"?", r)
		return
	}
	m.confirm("Label run "+short(r.Run)+" "+r.Action.Value+"?", r)
}

// confirm asks the user to confirm a request.
func (m *Model) confirm(question string, r Request) {
	m.mode, m.ask, m.asked = modeConfirm, question, r
}

func (m *Model) pressConfirm(name string) Request {
	m.mode = modeLists
	if name != "y" && name != "Y" {
		m.message = "Nothing was done."
		return Request{}
	}
	return m.asked
}

// helpText lists the keys.
func helpText() string {
	var b strings.Builder
	b.WriteString("Keys\n\n")
	for _, k := range allKeys {
		b.WriteString("  " + screen.Fit(k.Help().Key, 10) + " " + k.Help().Desc + "\n")
	}
	b.WriteString("\nThe output below is that of the run or scheduler under the cursor.\n" +
		"Progress is how long the run has taken, of what runs of its operation took lately.\n" +
		"The curve is of the loss, or of another scalar where there is none.\n")
	return b.String()
}
