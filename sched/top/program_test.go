package top

import (
	"context"
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"guild/runs"
	"guild/sched/web"
)

// TestOneReadingAtATime checks what the program requests while readings are under way.
func TestOneReadingAtATime(t *testing.T) {
	_, r := newReader(t)
	p := NewProgram(t.Context(), r, Actions{})
	p.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	reading := func(msg tea.Msg) tea.Cmd {
		t.Helper()
		before := p.reading
		p.Update(msg)
		if p.reading.Equal(before) {
			return nil
		}
		return func() tea.Msg { return nil }
	}
	_ = p.look()
	if reading(woken{}) != nil || !p.wantLook {
		t.Error("a second look began beside the first")
	}
	if reading(snapshotRead{look: look()}); p.reading.IsZero() || p.asked != id("a1000000") || len(p.askedAlso) != 3 {
		t.Errorf("after a look, details are not read: %s, %q", p.asked, p.askedAlso)
	}
	p.Update(detailed(details()))
	if !p.reading.IsZero() || !p.wantLook {
		t.Error("a look began before the pause was over")
	}
	p.Update(pauseOver{})
	if p.reading.IsZero() || p.wantLook {
		t.Error("no look when the pause was over")
	}
	p.Update(snapshotRead{look: look()})
	p.Update(detailed(details()))
	p.Update(tea.KeyPressMsg{Code: 'j', Text: "j"})
	if p.asked != id("a2000000") {
		t.Errorf("when the cursor moved, details of %q were read", p.asked)
	}
}

// TestDrawnOnChangeOnly: events that change nothing do not draw the screen.
func TestDrawnOnChangeOnly(t *testing.T) {
	_, r := newReader(t)
	p := NewProgram(t.Context(), r, Actions{})
	p.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	_ = p.look()
	p.Update(snapshotRead{look: look()})
	before := p.View().Content
	p.drawn = before + "x" // drawing again would lose the x
	p.Update(woken{})
	p.Update(pauseOver{})
	if p.View().Content != before+"x" {
		t.Error("it was drawn again")
	}
	p.Update(detailed(details()))
	if got := p.View().Content; !strings.Contains(got, "line 100") {
		t.Errorf("%s", got)
	}
}

// TestChange: an action is confirmed, and its output is shown.
func TestChange(t *testing.T) {
	_, r := newReader(t)
	var done []web.Action
	p := NewProgram(t.Context(), r, Actions{
		Act: func(_ context.Context, a web.Action) (string, error) {
			done = append(done, a)
			return "Asked a1000000\n", errors.New("no permission\nfor a1000000")
		},
		Describe: func(r *runs.Run) string { return "id: " + r.ID },
	})
	p.model = newModel(80, 24)
	c := p.carryOut(press(p.model, "s y"))
	p.Update(c())
	if len(done) != 1 || done[0].Do != "stop" || done[0].Runs[0] != id("a1000000") {
		t.Errorf("%+v", done)
	}
	if got := p.model.status(); !strings.HasPrefix(got, "Asked a1000000 no permission for a1000000 ") {
		t.Errorf("%q", got)
	}
	p.Update(p.carryOut(press(p.model, "enter"))())
	if got := p.View().Content; !strings.HasPrefix(got, "id: "+id("a1000000")) {
		t.Errorf("%s", got)
	}
	if p.carryOut(Request{}) != nil {
		t.Error("nothing is something")
	}
}
