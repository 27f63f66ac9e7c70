package handbook

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

//go:embed static
var static embed.FS

// Site returns the files of a static site by their paths: a page for each topic, a list of them, what they share, and the files that pages
// link to.
func (b *Book) Site() (map[string]string, error) {
	pattern, err := template.ParseFS(static, "static/page.html")
	if err != nil {
		return nil, fmt.Errorf("read the pattern of pages: %w", err)
	}
	s := &site{book: b, pattern: pattern, files: map[string]string{}}
	for _, name := range []string{"style.css", "search.js"} {
		data, err := static.ReadFile("static/" + name)
		if err != nil {
			return nil, err
		}
		s.files[name] = string(data)
	}
	if err := s.contents(); err != nil {
		return nil, err
	}
	for _, p := range b.Pages() {
		if err := s.page(p); err != nil {
			return nil, fmt.Errorf("page %s: %w", p.Topic(), err)
		}
	}
	index, err := json.Marshal(s.found)
	if err != nil {
		return nil, err
	}
	s.files["words.js"] = "window.guildPages = " + string(index) + ";\n" // a script, since browsers fetch nothing beside a local file
	return s.files, nil
}

const startPage = "index.html"

type site struct {
	book    *Book
	pattern *template.Template
	files   map[string]string
	found   []section
	titles  []chapterLinks
}

// section is what the search knows of a part of a page.
type section struct {
	Page  string `json:"page"`
	Title string `json:"title"`
	URL   string `json:"url"`
	Text  string `json:"text"`
}

type chapterLinks struct {
	Title string
	Pages []pageLink
}

type pageLink struct {
	Title, URL string
	Here       bool
}

// shown is what the pattern shows.
type shown struct {
	Title, Root   string
	Start         bool // the page that lists all others
	Chapters      []chapterLinks
	Body          template.HTML
	Before, After *pageLink // neighbours in the order of reading
}

func htmlPath(p Page) string { return strings.TrimSuffix(p.Path, ".md") + ".html" }

// contents writes the list of all pages.
func (s *site) contents() error {
	for _, c := range s.book.chapters {
		links := chapterLinks{Title: c.Title}
		for _, p := range c.Pages {
			d, err := s.book.read(p)
			if err != nil {
				return err
			}
			links.Pages = append(links.Pages, pageLink{Title: d.title, URL: htmlPath(p)})
		}
		s.titles = append(s.titles, links)
	}
	return s.write(startPage, "guild", "<h1>guild</h1>\n<p>Run experiments from a shell; every run is a directory. "+
		"If you are new here, begin with the first page.</p>\n"+
		"<p>The pages are the same as those of <code>guild help TOPIC</code>. Press <kbd>/</kbd> to search them.</p>\n")
}

func (s *site) page(p Page) error {
	d, err := s.book.read(p)
	if err != nil {
		return err
	}
	if err := s.links(p, d); err != nil {
		return err
	}
	s.index(p, d)
	var body bytes.Buffer
	if err := markdown().Renderer().Render(&body, d.source, d.root); err != nil {
		return err
	}
	return s.write(htmlPath(p), d.title, body.String())
}

// links turns links to other pages into links to their HTML, and adds other files that are linked to the site.
func (s *site) links(p Page, d *document) error {
	return ast.Walk(d.root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		link, ok := n.(*ast.Link)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		dest := string(link.Destination)
		file, anchor, hasAnchor := strings.Cut(dest, "#")
		if file == "" || strings.Contains(dest, "://") {
			return ast.WalkContinue, nil
		}
		target := path.Join(path.Dir(p.Path), file)
		if _, ok := s.book.at(target); ok {
			dest = strings.TrimSuffix(file, ".md") + ".html"
			if hasAnchor {
				dest += "#" + anchor
			}
			link.Destination = []byte(dest)
			return ast.WalkContinue, nil
		}
		data, err := fs.ReadFile(s.book.files, target)
		if err != nil {
			return ast.WalkStop, fmt.Errorf("link to %s: %w", dest, err)
		}
		s.files[target] = string(data)
		return ast.WalkContinue, nil
	})
}

// index adds the sections of a page to what the search knows.
func (s *site) index(p Page, d *document) {
	at := section{Page: d.title, Title: d.title, URL: htmlPath(p)}
	var text []string
	flush := func() {
		at.Text = strings.Join(text, " ")
		s.found = append(s.found, at)
		text = nil
	}
	for n := d.root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			if h.Level > 1 {
				flush()
				id, _ := h.AttributeString("id")
				at.Title, at.URL = plain(h, d.source), fmt.Sprintf("%s#%s", htmlPath(p), id)
			}
			continue
		}
		text = append(text, words(n, d.source)...)
	}
	flush()
}

// words returns the texts of a block and of what is in it.
func words(n ast.Node, source []byte) []string {
	switch n.(type) {
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		return codeLines(n, source)
	case *ast.Paragraph, *ast.TextBlock, *extast.TableCell:
		return []string{plain(n, source)}
	}
	var all []string
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		all = append(all, words(c, source)...)
	}
	return all
}

// write puts a body into the pattern.
func (s *site) write(file, title, body string) error {
	root := strings.Repeat("../", strings.Count(file, "/"))
	p := shown{Title: title, Root: root, Start: file == startPage,
		Body: template.HTML(body)} //nolint:gosec // made from the documents of the program, by goldmark, which leaves out raw HTML
	var last *pageLink
	for _, c := range s.titles {
		links := chapterLinks{Title: c.Title}
		for _, l := range c.Pages {
			link := pageLink{Title: l.Title, URL: root + l.URL, Here: l.URL == file}
			links.Pages = append(links.Pages, link)
			if link.Here {
				p.Before = last
			} else if last != nil && last.Here {
				p.After = &link
			}
			last = &link
		}
		p.Chapters = append(p.Chapters, links)
	}
	var out strings.Builder
	err := s.pattern.Execute(&out, p)
	s.files[file] = out.String()
	return err
}
