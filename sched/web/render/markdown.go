package render

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	gmtext "github.com/yuin/goldmark/text"

	"guild/runs/gfm"
)

// Markdown converts a document to nodes. file returns the address of a file beside the document, by its relative path: only such images are
// shown; links elsewhere stay links. HTML in the document is shown as text.
func Markdown(source []byte, file func(path string) string) []Node {
	md := goldmark.New(goldmark.WithExtensions(gfm.All))
	m := markdown{source: source, file: file}
	return m.children(md.Parser().Parse(gmtext.NewReader(source)))
}

type markdown struct {
	source []byte
	file   func(path string) string
}

func (m markdown) children(n ast.Node) []Node {
	var list []Node
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		list = append(list, m.node(c)...)
	}
	return list
}

// plainTags are the tags of nodes without attributes.
var plainTags = map[ast.NodeKind]string{
	ast.KindParagraph: "p", ast.KindBlockquote: "blockquote", ast.KindListItem: "li", ast.KindCodeSpan: "code",
	extast.KindTable: "table", extast.KindTableHeader: "tr", extast.KindTableRow: "tr", extast.KindStrikethrough: "del",
}

func (m markdown) node(n ast.Node) []Node {
	if tag, ok := plainTags[n.Kind()]; ok {
		return []Node{element(tag, m.children(n)...)}
	}
	switch n := n.(type) {
	case *ast.Text:
		end := ""
		if n.SoftLineBreak() {
			end = "\n"
		}
		value := n.Segment.Value(m.source)
		if !n.IsRaw() { // a text outside code
			value = []byte(gfm.Unescaped(value))
		}
		list := []Node{text(string(value) + end)}
		if n.HardLineBreak() {
			list = append(list, element("br"))
		}
		return list
	case *ast.String:
		return []Node{text(string(n.Value))}
	case *ast.Heading:
		return []Node{element("h"+strconv.Itoa(min(n.Level+2, 6)), m.children(n)...)} // below the headings of the page
	case *ast.Emphasis:
		return []Node{element(map[bool]string{true: "strong", false: "em"}[n.Level > 1], m.children(n)...)}
	case *ast.List:
		return []Node{m.list(n)}
	case *ast.ThematicBreak:
		return []Node{element("hr")}
	case *ast.FencedCodeBlock:
		return []Node{element("pre", Code(string(n.Language(m.source)), m.lines(n))...)}
	case *ast.CodeBlock:
		return []Node{element("pre", text(string(m.lines(n))))}
	case *ast.HTMLBlock:
		block := string(m.lines(n))
		if n.HasClosure() {
			block += string(n.ClosureLine.Value(m.source))
		}
		return []Node{element("pre", text(block))}
	case *ast.RawHTML:
		var b strings.Builder
		for i := range n.Segments.Len() {
			s := n.Segments.At(i)
			b.Write(s.Value(m.source))
		}
		return []Node{text(b.String())}
	case *ast.Link:
		return []Node{m.link(gfm.Unescaped(n.Destination), m.children(n))}
	case *ast.AutoLink:
		to := string(n.URL(m.source))
		if n.AutoLinkType == ast.AutoLinkEmail {
			to = "mailto:" + to
		}
		return []Node{m.link(to, []Node{text(string(n.Label(m.source)))})}
	case *ast.Image:
		return []Node{m.image(gfm.Unescaped(n.Destination), plainText(m.children(n)))}
	case *extast.TableCell:
		if _, head := n.Parent().(*extast.TableHeader); head {
			return []Node{element("th", m.children(n)...).with("scope", "col")}
		}
		return []Node{element("td", m.children(n)...)}
	case *extast.TaskCheckBox:
		return []Node{text(map[bool]string{true: "☑ ", false: "☐ "}[n.IsChecked])}
	}
	return m.children(n) // other kinds have no form of their own
}

func (m markdown) list(n *ast.List) Node {
	if !n.IsOrdered() {
		return element("ul", m.children(n)...)
	}
	list := element("ol", m.children(n)...)
	if n.Start != 1 {
		list = list.with("start", strconv.Itoa(n.Start))
	}
	return list
}

func (m markdown) lines(n ast.Node) []byte {
	var b []byte
	for i := range n.Lines().Len() {
		s := n.Lines().At(i)
		b = append(b, s.Value(m.source)...)
	}
	return b
}

// link keeps web and mail addresses. Other links, such as javascript:, become plain text.
func (m markdown) link(to string, children []Node) Node {
	u, err := url.Parse(to)
	switch {
	case err != nil:
	case u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "mailto":
		return element("a", children...).with("href", u.String())
	case u.Scheme == "" && u.Host == "" && u.Path != "" && !strings.HasPrefix(u.Path, "/"):
		return element("a", children...).with("href", m.file(u.Path))
	}
	return element("span", children...)
}

// image shows a file of the run. An image from elsewhere is not loaded, since its server would learn who looks at the page.
func (m markdown) image(from, alt string) Node {
	u, err := url.Parse(from)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" || strings.HasPrefix(u.Path, "/") {
		return text("[" + alt + "]")
	}
	return element("img").with("src", m.file(u.Path)).with("alt", alt)
}

func plainText(list []Node) string {
	var b strings.Builder
	for _, n := range list {
		b.WriteString(n.Text)
		b.WriteString(plainText(n.Children))
	}
	return b.String()
}
