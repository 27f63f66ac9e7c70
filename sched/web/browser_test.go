package web

import (
	"os"
	"strings"
	"testing"

	"guild/runs/catalog"
)

const tableIDs = `[...document.querySelectorAll('#compare-rows a')].map((a) => a.dataset.id).join()`

func TestBrowserComparesRuns(t *testing.T) {
	b := openTab(t, 1400)
	s := serve(t, Config{Catalog: catalog.New(world(t), nil)})
	b.open(s.URL() + "?view=compare")
	b.await(tableIDs + ` === 'c,b,a'`)
	b.await(`document.querySelectorAll('#parallel .axis').length === 3 && document.querySelectorAll('#parallel .line').length === 3`)
	b.await(`document.getElementById('same-values').innerText.replace(/\s+/g, ' ') === 'opt adam'`)
	b.eval(`document.querySelector('[data-column=loss]').click()`)
	b.await(tableIDs + ` === 'b,a,c' && location.search === '?view=compare&min=loss'`)

	// The upper end of the axis of lr goes down until only the lowest is within.
	b.eval(`document.querySelector('.handle[aria-label="lr, at most"]').focus()`)
	for range 11 {
		b.keys("ArrowDown")
	}
	b.await(tableIDs + ` === 'a' && document.querySelectorAll('.line.off').length === 2`)
	b.eval(`document.getElementById('ranges-filter').click()`)
	b.await(`document.getElementById('filter').value.startsWith('flag:lr <= 0.1') && document.getElementById('ranges').hidden`)
	b.await(tableIDs + ` === 'a' && document.getElementById('filter-count').innerText === '1 of 3'`)
	b.eval(`history.back()`)
	b.await(tableIDs + ` === 'b,a,c' && document.getElementById('filter').value === ''`)

	b.eval(`document.querySelector('#same-toggle').click()`)
	b.await(`document.querySelector('[data-column=opt]') !== null`)
	b.eval(`document.querySelector('#columns').open = true; [...document.querySelectorAll('#column-list label')].find((l) => l.innerText === 'lr').click()`)
	b.await(`document.querySelector('[data-column=lr]') === null && location.search.endsWith('&hide=lr')`)
	b.eval(`document.getElementById('columns-more').focus()`)
	b.typeText("max loss as worst, =")
	b.keys("Enter")
	b.await(`!document.getElementById('columns-wrong').hidden && document.querySelector('#columns-wrong mark').innerText === '='`)
	b.eval(`document.getElementById('columns-more').value = ''`)
	b.typeText("max loss as worst")
	b.keys("Enter")
	b.await(`document.querySelector('[data-column=worst]') !== null && document.getElementById('columns-wrong').hidden`)
}

func TestBrowserFilters(t *testing.T) {
	b := openTab(t, 1400)
	s := serve(t, Config{Catalog: catalog.New(world(t), nil)})
	b.open(s.URL())
	b.await(`document.querySelectorAll('#finished a').length === 2 && document.querySelectorAll('#waiting a').length === 1`)
	b.keys("/")
	b.typeText("lr >> 0.15")
	b.await(`document.querySelector('#filter-wrong mark')?.innerText === '>' && document.querySelector('#filter-wrong code').innerText === 'lr >> 0.15'`)
	b.eval(`document.getElementById('filter').setSelectionRange(4, 5)`)
	b.typeText(" ")
	const matching = `[...document.querySelectorAll('#matches a')].map((a) => a.dataset.id).join()`
	b.await(`document.getElementById('filter-wrong').hidden && ` + matching + ` === 'c,b'`)
	b.await(`document.getElementById('live-lists').hidden && document.querySelector('[data-status=error] .n').innerText === '1'`)
	b.eval(`document.querySelector('.chip[data-status=error]').click()`)
	b.await(matching + ` === 'b' && location.search.endsWith('&status=error')`)
	b.keys("Escape") // what is in the box, then the rest
	b.await(matching + ` === 'b' && location.search === '?status=error'`)
	b.keys("Escape")
	b.await(`!document.getElementById('live-lists').hidden && location.search === ''`)

	// The counts are those of what the filter's text asks for, whichever of the answers came first.
	b.open(s.URL() + "?filter=adam+error")
	b.await(`document.getElementById('headline').innerText.includes('waits') && ` + matching + ` === 'b'`)
	b.await(`document.querySelector('[data-status=error] .n').innerText === '1' && document.querySelector('[data-status=completed] .n').innerText === '0'`)
	b.keys("Escape")
	b.await(`location.search === '' && document.querySelector('[data-status=completed] .n').innerText === '1'`)

	// From the keyboard to a run and back, and to the comparison.
	b.keys("j", "j", "Enter")
	b.await(`location.hash === '#run/b' && document.getElementById('run-title').innerText !== ''`)
	b.keys("Escape")
	b.await(`location.hash === '' && document.activeElement.dataset.id === 'b'`)
	b.keys("c")
	b.await(`document.body.dataset.view === 'compare' && ` + tableIDs + ` === 'c,b,a'`)
}

func TestBrowserShowsFiles(t *testing.T) {
	b := openTab(t, 1400)
	store, run := runWithFiles(t)
	must(t, os.WriteFile(run.Path("page.html"), []byte("<title>still</title><script>document.title = 'ran'</script><p>text"), 0o666))
	s := serve(t, Config{Catalog: catalog.New(store, nil)})
	b.open(s.URL() + "#run/" + run.ID + "/files")
	b.await(`document.querySelectorAll('#files .tree > li').length === 14`)
	b.eval(`document.querySelector('#files summary').click()`)
	b.await(`[...document.querySelectorAll('.inside .file')].map((a) => a.innerText).join() === 'log 9.txt,log 10.txt'`)
	b.eval(`document.querySelector('[data-path="sub/log 9.txt"]').click()`)
	b.await(`document.getElementById('viewer').open && document.querySelector('#viewer-body pre')?.innerText.trim() === 'nine'`)
	b.keys("ArrowRight")
	b.await(`document.querySelector('#viewer-body pre')?.innerText.trim() === 'ten'`)
	b.keys("Escape")
	b.await(`!document.getElementById('viewer').open && location.hash === '#run/` + run.ID + `/files'`)
	b.eval(`document.querySelector('[data-path="page.html"]').click()`)
	b.await(`document.querySelector('#viewer-body iframe')?.sandbox.value === 'allow-scripts'`)

	page := strings.TrimSuffix(s.URL(), "/status") + "/api/runs/" + run.ID + "/files/page.html"
	b.open(page)
	if title := b.eval("document.title"); title != "still" {
		t.Errorf("a page of a run has run its script: %v", title)
	}
	if origin := b.eval("origin"); origin != "null" {
		t.Errorf("a page of a run has the origin %v", origin)
	}
	b.mu.Lock()
	b.wrong = nil // that its script is refused
	b.mu.Unlock()
}

// Nothing sticks out of a narrow screen.
func TestBrowserOnAPhone(t *testing.T) {
	b := openTab(t, 390)
	store := world(t)
	s := serve(t, Config{Catalog: catalog.New(store, nil)})
	for rest, ready := range map[string]string{
		"":              `document.querySelectorAll('#finished a').length === 2`,
		"?view=compare": tableIDs + ` === 'c,b,a'`,
		"?filter=lr+%3E%3E+" + strings.Repeat("1", 99): `document.querySelector('#filter-wrong mark')`,
		"#run/a": `document.getElementById('run-title').innerText !== '' && getComputedStyle(document.getElementById('pane')).position === 'fixed'`,
	} {
		b.open("about:blank")
		b.open(s.URL() + rest)
		b.await(ready)
		if w := b.eval(`document.scrollingElement.scrollWidth`); w != 390.0 {
			t.Errorf("%q is %v wide", rest, w)
		}
	}
}
