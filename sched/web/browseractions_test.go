package web

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"guild/runs/catalog"
)

// asked records the actions that pages requested.
type asked struct {
	mu   sync.Mutex
	list []Action
}

func (a *asked) act(_ context.Context, action Action) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = append(a.list, action)
	return "did " + action.Do, nil
}

func (a *asked) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return fmt.Sprint(a.list)
}

const (
	dialogOpen   = `document.getElementById('action').open`
	dialogClosed = `!document.getElementById('action').open`
	shownOutput  = `!document.getElementById('action-output').hidden && document.getElementById('action-output').innerText`
)

// choose opens a menu by the keyboard and selects one of its actions.
func (b *tab) choose(menu, action string) {
	b.t.Helper()
	b.await(`!document.getElementById('` + menu + `').hidden`)
	b.eval(`document.activeElement.blur()`)
	b.keys("a")
	button := `document.querySelector('#` + menu + `[open] [data-do=` + action + `]')`
	b.await(button + ` !== null`)
	b.eval(button + `.focus()`)
	b.keys("Enter")
	b.await(dialogOpen)
}

// Actions on the page: nothing is done before confirmation, and the dialog shows the number of runs.
func TestBrowserActions(t *testing.T) {
	b := openTab(t, 1440)
	store := world(t)
	var did asked
	s := serve(t, Config{Catalog: catalog.New(store, nil), Act: did.act})
	b.open(s.Link()) // the page needs the token for actions
	b.await(`document.querySelectorAll('#finished a').length === 2`)
	b.open(s.URL() + "#run/c")
	b.await(`document.getElementById('run-facts').innerText !== ''`)
	b.choose("run-actions", "stop")
	b.await(`document.getElementById('action-title').innerText === 'Stop 1 run?' && document.activeElement.id === 'action-close'`)
	b.keys("Escape")
	b.await(dialogClosed)
	b.choose("run-actions", "stop")
	b.keys("Enter") // Cancel has the focus
	b.await(dialogClosed)
	if got := did.String(); got != "[]" {
		t.Fatalf("was done without being confirmed: %s", got)
	}
	b.choose("run-actions", "stop")
	b.eval(`document.getElementById('action-do').focus()`)
	b.keys("Enter")
	b.await(shownOutput + ` === 'did stop'`)
	b.keys("Enter")
	b.await(dialogClosed)

	b.choose("run-actions", "label")
	b.await(`document.activeElement.id === 'action-value'`)
	b.typeText("<b>new</b> ${lr}")
	b.keys("Enter")
	b.await(shownOutput + ` === 'did label'`)
	b.keys("Enter")
	b.await(dialogClosed)

	b.open(s.URL() + "?filter=run&status=completed&status=error")
	b.await(`document.querySelectorAll('#matches a').length === 2`)
	b.choose("match-actions", "trash")
	b.await(`document.getElementById('action-title').innerText === 'Move 2 runs to the trash?' && document.querySelectorAll('#action-runs li').length === 2`)
	b.eval(`document.getElementById('action-do').focus()`)
	b.keys("Enter")
	b.await(shownOutput + ` === 'did trash'`)
	if got, want := did.String(), "[{stop [c] } {label [c] <b>new</b> ${lr}} {trash [b a] }]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A read-only dashboard offers no actions and accepts none.
func TestBrowserReadOnly(t *testing.T) {
	b := openTab(t, 1440)
	s := serve(t, Config{Catalog: catalog.New(world(t), nil)})
	b.open(s.Link())
	b.await(`document.querySelectorAll('#finished a').length === 2`)
	b.open(s.URL() + "#run/c")
	b.await(`document.getElementById('run-facts').innerText !== '' && document.getElementById('reads').innerText.includes('cannot change runs')`)
	b.keys("a")
	if b.eval(`[...document.querySelectorAll('.actions')].every((menu) => menu.hidden && !menu.open)`) != true {
		t.Error("actions are offered")
	}
	answer := b.eval(`fetch('api/actions', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{"do":"mark","runs":["c"]}'}).then((r) => r.status)`)
	if answer != 405.0 {
		t.Errorf("an action is answered with %v", answer)
	}
}
