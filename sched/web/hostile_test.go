package web

import (
	"testing"

	"guild/runs/catalog"
)

// Whatever a run contains in names, values, output and files stays text: no script of it runs in the page, and the page's policy has
// nothing to refuse.
func TestBrowserHostileContents(t *testing.T) {
	b := openTab(t, 1440)
	store, ids := demo(t)
	s := serve(t, Config{Catalog: catalog.New(store, nil)})
	b.open(s.URL())
	b.eval(`window.heard = []; addEventListener('message', (e) => heard.push(e.data))`)
	run := "#run/" + ids["hostile"]
	for _, p := range []struct{ address, ready string }{
		{run + "/overview", `document.getElementById('run-flags').innerText.includes('<script>') && document.getElementById('run-scalars').innerText.includes('<script>')`},
		{run + "/output", `document.getElementById('output').textContent.includes('link\n<script>') && document.querySelector('#output .f1')`},
		{run + "/files", `document.getElementById('files').innerText.includes('<img src=x')`},
		{run + "/charts", `document.querySelector('#run-board .u-over')`},
		{run + "/source", `document.getElementById('source-state').innerText === ''`},
		{run + "/files/evil.md", `document.querySelector('#viewer-body .document')?.innerText.includes('<script>')`},
		{run + "/files/evil.csv", `document.querySelector('#viewer-body td')?.innerText.includes('<script>')`},
		{run + "/files/evil.json", `document.querySelector('#viewer-body pre')?.innerText.includes('<script>')`},
		{run + "/files/evil.py", `document.querySelector('#viewer-body pre')?.innerText.includes('<script>')`},
		{run + "/files/evil.svg", `document.querySelector('#viewer-body img')?.complete`},
		{"#diff/" + ids["hostile"] + "/" + ids["last"], `document.getElementById('diff-content').innerText.includes('<script>')`},
	} {
		b.eval(`location.hash = '` + p.address + `'`)
		b.await(p.ready)
		if got := b.eval(`document.title.includes('owned') || document.querySelector('#viewer-body a[href^="javascript"], #viewer-body script, #run script, [onclick], [onerror]') !== null`); got != false {
			t.Errorf("%s: something of the run has become a part of the page", p.address)
		}
	}
	for _, address := range []string{"?view=charts", "?view=compare", ""} {
		b.open(s.URL() + address)
		b.await(`document.body.innerText.includes('<script>')`)
		if b.eval(`document.title.includes('owned')`) != false {
			t.Errorf("%s: a script of a run has run", address)
		}
	}

	// The scripts of a report run in a frame of their own: they reach neither the page nor the server.
	b.open(s.URL() + run + "/files/evil.html")
	b.eval(`window.heard = []; addEventListener('message', (e) => heard.push(e.data))`)
	b.await(`document.querySelector('#viewer-body iframe')`)
	b.eval(`new Promise((done) => { const f = document.querySelector('#viewer-body iframe'); f.addEventListener('load', () => setTimeout(done, 300)); f.src += '&again'; })`)
	if got := b.eval(`document.title.includes('owned') || heard.length > 0 || document.querySelector('#viewer-body iframe').contentDocument !== null`); got != false {
		t.Errorf("a report reached the page or the server: title %v, heard %v", b.eval("document.title"), b.eval("heard.join()"))
	}
	b.forgetRefusals()
}
