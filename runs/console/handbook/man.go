package handbook

import (
	"fmt"
	"strings"

	"guild/runs/console/build"
	"guild/runs/console/grammar"
)

// Manual returns the manual pages by the names of their files, such as guild-filters.7.
func (b *Book) Manual(from build.Info) (map[string]string, error) {
	pages := map[string]string{}
	for _, p := range b.Pages() {
		d, err := b.read(p)
		if err != nil {
			return nil, err
		}
		m := &manSheet{topic: func(dest string) string { return b.manReference(p, dest) }}
		fmt.Fprintf(&m.b, ".TH %q %d %q %q\n.SH NAME\n%s \\- %s\n.SH DESCRIPTION\n", strings.ToUpper(manName(p)), p.Section, from.Date,
			"guild "+from.Version, grammar.EscapeRoff(manName(p)), grammar.EscapeRoff(d.title))
		render(d.root, d.source, m)
		pages[fmt.Sprintf("%s.%d", manName(p), p.Section)] = m.b.String()
	}
	return pages, nil
}

func manName(p Page) string { return "guild-" + strings.TrimPrefix(p.Topic(), "guild-") }

func (b *Book) manReference(from Page, dest string) string {
	name := b.reference(from, dest, "%s")
	if p, ok := b.Find(name); ok {
		return fmt.Sprintf("%s(%d)", manName(p), p.Section)
	}
	return name
}

// manSheet writes troff with man macros.
type manSheet struct {
	b     strings.Builder
	topic func(dest string) string
}

func (m *manSheet) marks() marks {
	font := func(f string) func(string) string {
		return func(s string) string { return `\f` + f + s + `\fP` }
	}
	bold := font("B")
	return marks{text: grammar.EscapeRoff, code: func(s string) string { return bold(grammar.EscapeRoff(s)) }, strong: bold, emphasis: font("I"),
		link: func(text, dest string) string {
			if where := m.topic(dest); where != "" {
				return text + " (" + grammar.EscapeRoff(where) + ")"
			}
			return text
		}}
}

// line writes a line of text, which must not look like a request.
func (m *manSheet) line(text string) {
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	m.b.WriteString(text + "\n")
}

func (m *manSheet) heading(level int, text string) {
	switch level {
	case 1: // it is in NAME
	case 2:
		m.b.WriteString(".SH " + text + "\n")
	default:
		m.b.WriteString(".SS " + text + "\n")
	}
}

func (m *manSheet) paragraph(text string) {
	m.b.WriteString(".PP\n")
	m.line(text)
}

func (m *manSheet) code(lines []string) {
	m.b.WriteString(".PP\n.RS 4\n.nf\n")
	for _, l := range lines {
		m.line(grammar.EscapeRoff(l))
	}
	m.b.WriteString(".fi\n.RE\n")
}

func (m *manSheet) item(label, text string) {
	if label == "-" {
		label = `\(bu`
	}
	m.b.WriteString(".IP " + label + " 4\n")
	m.line(text)
}

func (m *manSheet) definition(term, text string) {
	m.b.WriteString(".TP\n")
	m.line(term)
	m.line(text)
}

func (m *manSheet) group() {}

func (m *manSheet) indent(by int) {
	if by > 0 {
		m.b.WriteString(".RS 4\n")
	} else {
		m.b.WriteString(".RE\n")
	}
}
