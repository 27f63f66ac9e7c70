package handbook

import (
	"fmt"
	"io"
	"path"
	"strings"

	"guild/runs/console"
	"guild/runs/console/grammar"
)

// WriteText writes a page as text, in lines of at most width characters. Code is not broken.
func (b *Book) WriteText(w io.Writer, p Page, width int) error {
	d, err := b.read(p)
	if err != nil {
		return err
	}
	t := &textSheet{width: width, topic: func(dest string) string { return b.reference(p, dest, "'guild help %s'") }}
	render(d.root, d.source, t)
	_, err = io.WriteString(w, strings.TrimLeft(t.b.String(), "\n"))
	return err
}

// reference says in words where a link of page from leads to: to a page, as the format says, or to an address. It is empty for places
// on the same page.
func (b *Book) reference(from Page, dest, format string) string {
	if strings.Contains(dest, "://") {
		return dest
	}
	file, _, _ := strings.Cut(dest, "#")
	if file == "" {
		return ""
	}
	if p, ok := b.at(path.Join(path.Dir(from.Path), file)); ok {
		return fmt.Sprintf(format, p.Topic())
	}
	return path.Base(file)
}

// The columns of text.
const (
	textMargin = 2
	textTerm   = 22 // terms that are shorter have their text on the same line
)

type textSheet struct {
	b     strings.Builder
	width int
	depth int
	tight bool // the last block was an item, and another one follows it without a blank line
	topic func(dest string) string
}

func (t *textSheet) marks() marks {
	return marks{link: func(text, dest string) string {
		if where := t.topic(dest); where != "" && where != text {
			return text + " (" + where + ")"
		}
		return text
	}}
}

func (t *textSheet) margin() int { return textMargin + 2*t.depth }

func (t *textSheet) blank(tight bool) {
	if !t.tight || !tight {
		t.b.WriteByte('\n')
	}
	t.tight = tight
}

func (t *textSheet) heading(level int, text string) {
	t.blank(false)
	switch level {
	case 1:
		text += "\n" + strings.Repeat("=", console.Columns(text))
	case 2:
	default:
		text = " " + text
	}
	t.b.WriteString(text + "\n")
}

func (t *textSheet) paragraph(text string) {
	t.blank(false)
	t.b.WriteString(grammar.Wrap(text, t.margin(), t.width))
}

func (t *textSheet) code(lines []string) {
	t.blank(false)
	for _, l := range lines {
		t.b.WriteString(strings.TrimRight(strings.Repeat(" ", t.margin()+2)+l, " ") + "\n")
	}
}

func (t *textSheet) item(label, text string) {
	t.blank(true)
	t.hang(label+" ", text, t.margin()+len(label)+1)
}

func (t *textSheet) definition(term, text string) {
	t.blank(true)
	margin := t.margin() + textTerm
	if console.Columns(term)+2 <= textTerm {
		t.hang(term, text, margin)
		return
	}
	t.b.WriteString(strings.Repeat(" ", t.margin()) + term + "\n")
	if text != "" {
		t.b.WriteString(grammar.Wrap(text, margin, t.width))
	}
}

// hang writes a text whose lines begin at the margin, after a head that stands left of it.
func (t *textSheet) hang(head, text string, margin int) {
	gap := max(0, margin-t.margin()-console.Columns(head))
	lead := strings.Repeat(" ", t.margin()) + head + strings.Repeat(" ", gap)
	t.b.WriteString(strings.TrimRight(lead+strings.TrimLeft(grammar.Wrap(text, margin, t.width), " "), " \n") + "\n")
}

// group sets a list or table off from another one. A list in a list follows its item.
func (t *textSheet) group() { t.tight = t.tight && t.depth > 0 }

func (t *textSheet) indent(by int) { t.depth += by }
