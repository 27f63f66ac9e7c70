// Package handbook shows the documents of the program: as text on a terminal, as manual pages and as a static site. All three are made
// from the same Markdown, in which examples are written as they are tested, and shown as they are typed.
package handbook

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"guild/runs/console"
)

// Chapter is a group of pages.
type Chapter struct {
	Title string
	Pages []Page
}

// Page is one document.
type Page struct {
	Name    string // of the topic. Empty: that of the file, without .md
	Path    string // of the file
	Section int    // of its manual page: 5 for formats of files, 7 for everything else
}

// Topic returns the word by which a user asks for the page.
func (p Page) Topic() string {
	if p.Name != "" {
		return p.Name
	}
	return strings.TrimSuffix(path.Base(p.Path), ".md")
}

// Book has all pages in the order in which they are to be read.
type Book struct {
	files    fs.FS
	chapters []Chapter
}

// New returns a book of the pages in files, which are read on demand.
func New(files fs.FS, chapters []Chapter) *Book { return &Book{files, chapters} }

// Pages returns the pages of all chapters.
func (b *Book) Pages() []Page {
	var all []Page
	for _, c := range b.chapters {
		all = append(all, c.Pages...)
	}
	return all
}

// Find returns the page of a topic.
func (b *Book) Find(topic string) (Page, bool) {
	for _, p := range b.Pages() {
		if p.Topic() == topic {
			return p, true
		}
	}
	return Page{}, false
}

// at returns the page of a file.
func (b *Book) at(file string) (Page, bool) {
	for _, p := range b.Pages() {
		if p.Path == file {
			return p, true
		}
	}
	return Page{}, false
}

// read returns a page as it is shown, parsed.
func (b *Book) read(p Page) (*document, error) {
	data, err := fs.ReadFile(b.files, p.Path)
	if err != nil {
		return nil, fmt.Errorf("read the page %s: %w", p.Topic(), err)
	}
	return parse(data), nil
}

// WriteTopics lists the topics by chapter, with the titles of their pages.
func (b *Book) WriteTopics(c *console.Console) error {
	for i, chapter := range b.chapters {
		if i > 0 {
			c.Printf("\n")
		}
		c.Printf("%s:\n", chapter.Title)
		for _, p := range chapter.Pages {
			d, err := b.read(p)
			if err != nil {
				return err
			}
			c.Printf("  %-17s %s\n", p.Topic(), d.title)
		}
	}
	c.Printf("\nUse 'guild help TOPIC' to read one, or 'guild help --html DIR' to write all of them as pages for a browser.\n")
	return nil
}
