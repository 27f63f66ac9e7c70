package report

import (
	"errors"
	"fmt"
	"strings"

	"guild/runs/pattern"
	"guild/sched/web"
)

// policy is the policy of the page: it loads only files beside it, and connects to nothing. A page from disk has an origin of its own, for
// which 'self' may match nothing; "file:" then matches the files beside it.
const policy = "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file: data:; media-src 'self' file:; " +
	"base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types guild-report"

// loaded matches addresses of files that the page loads.
var loaded = pattern.Lazy(`(?:src|href)="static/([^"]+)"`)

// noScript matches the text of the page for browsers without scripts, which points to the server.
var noScript = pattern.Lazy(`(?s)<noscript>.*</noscript>`)

// page writes index.html and the files that it loads.
func (w *writer) page() error {
	data, ok, err := web.Asset("status.html")
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("the page is missing from the program")
	}
	text := string(data)
	for _, change := range []struct{ from, to string }{
		{`<meta name="robots"`, `<meta http-equiv="Content-Security-Policy" content="` + policy + `"><meta name="robots"`},
		{`<script defer src="static/vendor/uplot/`, `<script src="static/dist/report.js"></script><script defer src="static/vendor/uplot/`},
		{`<body data-empty`, `<body data-report data-empty`},
	} {
		if strings.Count(text, change.from) != 1 {
			return fmt.Errorf("the page has not one %s", change.from)
		}
		text = strings.Replace(text, change.from, change.to, 1)
	}
	text = noScript().ReplaceAllString(text, `<noscript><p class="noscript">This page needs JavaScript to show its runs.</p></noscript>`)
	text = strings.NewReplacer(`<a href="api/status">/api/status</a>`, "", `href="status"`, `href="index.html"`, `href="status?`, `href="index.html?`).Replace(text)
	if err := w.file("index.html", []byte(text)); err != nil {
		return err
	}
	names := []string{"vendor/uplot/LICENSE"}
	for _, m := range loaded().FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	for _, name := range names {
		data, ok, err := web.Asset(name)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("the program has no %s, which the page loads", name)
		}
		if err := w.file("static/"+name, data); err != nil {
			return err
		}
	}
	return nil
}
