package gfm

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// html converts Markdown with everything of this package. What it does not show itself is shown by goldmark/extension.
func html(t *testing.T, source string) string {
	t.Helper()
	m := goldmark.New(goldmark.WithExtensions(All))
	m.Renderer().AddOptions(renderer.WithNodeRenderers(
		util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500), util.Prioritized(extension.NewTaskCheckBoxHTMLRenderer(), 500)))
	return convert(t, m, source)
}

// byExtension converts Markdown with goldmark/extension.
func byExtension(t *testing.T, source string) string {
	t.Helper()
	return convert(t, goldmark.New(goldmark.WithExtensions(extension.GFM)), source)
}

func convert(t *testing.T, m goldmark.Markdown, source string) string {
	t.Helper()
	var b bytes.Buffer
	if err := m.Convert([]byte(source), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// same are texts of which goldmark/extension makes the same.
var same = map[string][]string{
	"tables": {
		"| a | b |\n|---|:-:|\n| 1 | 2 |\n", "a|b\n-|-\n1|2", "|a|b|c|\n|:--|--:|:-:|\n|x|y|z|", "text\nmore  \n| a |\n| - |\n| b |", "| a |\n| - |",
		"a\n:-\nb", "a\n:-:", "> a\n-", "> | a\n-", "| a | b |\n|-|\n", "||\n|-|\n", "|a|\n|-\n", "a|\n-|\n", "|a\n|-\n|b", "|a|b|\n|-|\n|-|-|\n",
		"|a|\n|- -|\n", "|a|\n|:|\n", "|a|\n|::|\n", "|a|\n|-|\n|-|\n|b|", "x | y\nz | w\n- | -\n", "|a|b|\n|-|-|\n|1|\n|1|2|3|\n||\n|\n| |",
	},
	"tables: blanks and ends of lines": {
		"| a |\n    | - |\n| c |", "    | a |\n| - |\n", "x\n    | a |\n| - |\n    | c |", "|a|\n|-|\n    |c|\n", "|a|\r\n|-|\r\n|b|\r\n", "|a|\n|-|  \n|b|  \n",
		"|\ta\t|\n|\t-\t|\n", "a\\\n|b|\n|-|", "|a  \n|-|\n", "|a|\n|-|\n\t|x|\n", "a | b\n--- | ---\nc \\",
	},
	"tables: pipes that do not separate": {
		"| a \\| b | `c \\| d` |\n|-|-|\n| `\\|` | `a\\|b\\|c` |", "|`a|b`|c|\n|-|-|-|\n", "| a\\\\| b |\n|-|\n|`\\\\|`|c|", "a|\\|b\n-|-\n|\n",
		"| <a title=\"x\\|y\"> | [l](a\\|b) | <http://a\\|b> |\n|-|-|-|", "`a\\|b`\n\n|c|\n|-|\n\n`a\\|b`", "| **`a\\|b`** |\n|-|",
	},
	"tables: other blocks": {
		"|a|\n|:-|\n- x", "|a|\n|-|\n\nx", "|a|\n|-|\n# h", "|a|\n|-|\n> q", "|a|\n|-|\nfoo\n===\nbar", "|a|\n|-|\nfoo\n---\nbar", "- |a|\n  |-|\n  |b|\n",
		"- |a|\n  |-|\n\n  z", "1. |a|\n   |-|\n   x", "> |a|\n> |-|\n> |b|\n|c|\n", "-\t|a|\n\t|-|\n\t|b|\n", "[x]: /u\n|a|\n|-|\n|[x]|", "|a|\n|[x]: /u|\n",
	},
	"tables: inline nodes": {"|a|\n|:-:|\n|*b*<br>c|", "*x\n|a|\n|-|\n|b*|", "|a|\n|-|\n|~~b~~|http://a.bc|", "|é|\n|-|\n|ü|", "|http://a.bc|\n|-|\n|www.a.bc x|"},
	"strikethrough": {
		"~~a~~", "~a~", "~~~a~~~", "a ~~~b~~~", "~~a ~b~ c~~", "~a ~~b~~ c~", "~~a\nb~~", "~~a\n\nb~~", "~~ a~~", "a~~b~~c", "*~~a~~*", "~~*a~~*", "`~~a~~`",
		"~~a~~~b~~~c~~", "~~a~~b~~", "~ ~", "~~~~", "[~~a](x)~~", "~~[a~~](x)", "~~~~~ x ~~~~~ ", "x~~~~y~~~~",
	},
	"task lists": {
		"- [ ] a\n- [x] b\n- [X] c", "1. [x] a", "- [ ]  a", "- [\t] a", "- [x]\ta", "- [ ]\n  b", "- a [x] b", "[x] a", "> [x] a", "- > [x] a", "- [x] a\n\n[x]: /u",
		"- [x] a\n\n  [x] b", "- [y] a", "- [] a", "- [  ] a", "- \\[x] a", "- [x] [ ] a", "- - [x] a", "-  [ ] a", "- [ ] *a*", "- [\n] a", "* [ ] | a |\n  |-|",
	},
	"web addresses": {
		"http://a.bc", "https://a.bc/d?e=f#g", "www.a.bc", "x http://a.bc y", "http://a.b:80/x", "http://www.a.bc", "http://a.bc?x=1", "http://a.bc http://d.ef",
		"xhttp://a.bc", "x:http://a.bc", "\"http://a.bc\"", "http://localhost:80/x", "www.", "www.a", "http://", "http://a", "HTTP://A.BC", "WWW.A.BC",
		"a\nhttp://a.bc\nb", "> http://a.bc", ">http://a.bc\n>http://a.bc", "# http://a.bc", "- http://a.bc\n- www.a.bc", "http://a.bc  \nx", "x  http://a.bc",
		"*http://a.bc*", "**http://a.bc** x", "_http://a.bc_", "~~http://a.bc~~", "~http://a.bc~", "*a http://a.bc/*", "http://a.bc/**", "http://a.bc/x_y_",
		"[http://a.bc](x)", "[x](http://a.bc)", "![http://a.bc](x)", "`http://a.bc`", "<http://a.bc>", "[x http://a.bc", "[x] http://a.bc", "http://a.bc/[x]",
	},
	"ends of web addresses": {
		"(http://a.bc)", "(http://a.bc/(x))", "http://a.bc/x_(y)", "(see http://a.bc/x)", "(www.a.bc/x).", "http://a.bc/a)b)", "(http://a.bc http://d.ef)",
		"http://a.bc.", "http://a.bc,", "http://a.bc!?", "http://a.bc/x.", "http://a.bc/~x", "'http://a.bc'", "http://a.bc<b>", "http://a.bc/;", "www.a.bc/&amp;",
		"www.a.bc/x&hl;", "www.a.bc/?q=a&hl=en", "www.a.bc/q&hl;&b;", "&lt;http://a.bc&gt;", "http://a.b/%20?&copy;", "http://a.bc/&gt",
	},
	"mail addresses": {
		"a@b.cd", "x a.b@c.de.", "a.b-c_d@a.b", "a.b-c_d@a.b.", "a.b-c_d@a.b-", "a.b-c_d@a.b_", "hello@mail+xyz.example isn't", "hello+xyz@mail.example",
		"x:a@b.cd", "_a@b.cd_", "*a@b.cd*", "(a@b.cd)", "@b.cd", "a@b", "a@@b.cd", "a@b.cd/x", "[a@b.cd](x)", "<a@b.cd>", "a@b..cd", "a@b.cd,", "~a@b.cd~",
	},
}

func TestSameAsExtension(t *testing.T) {
	for subject, sources := range same {
		for _, source := range sources {
			if d := cmp.Diff(byExtension(t, source), html(t, source)); d != "" {
				t.Errorf("%s: %q:\n%s", subject, source, d)
			}
		}
	}
}

// TestSpecification checks where the specification says other than what goldmark/extension makes.
func TestSpecification(t *testing.T) {
	check := func(source, want, why string) {
		t.Helper()
		if got := html(t, source); got != want {
			t.Errorf("%q: %q, want %q: %s", source, got, want, why)
		}
		if byExtension(t, source) == want {
			t.Errorf("%q: is the same by goldmark/extension", source)
		}
	}
	check("| a |\n|-|-|\n", "<p>| a |\n|-|-|</p>\n", "the delimiter row has as many cells as the header")
	check("|\n|-|\n", "<p>|\n|-|</p>\n", "the delimiter row has as many cells as the header")
	check("|a\\|\n|-|\n", "<table>\n<thead>\n<tr>\n<th>a|</th>\n</tr>\n</thead>\n</table>\n", "a pipe after a backslash is content")
	check("- x\n\n  |a|\n  |-|\n", "<ul>\n<li>\n<p>x</p>\n<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n</table>\n</li>\n</ul>\n",
		"a list is loose if there is a blank line between the blocks of an item")
	check("~~a~", "<p>~~a~</p>\n", "there are as many tildes after the text as before it")
	check("\\~~a~", "<p>~<del>a</del></p>\n", "an escaped tilde is none")
	for _, source := range []string{"- [x]", "- [x]a", "- [ ]\u00a0a"} {
		check(source, "<ul>\n<li>"+source[2:]+"</li>\n</ul>\n", "there is a blank after a check box")
	}
	check("- [x](y)", "<ul>\n<li><a href=\"y\">x</a></li>\n</ul>\n", "there is a blank after a check box")
	check("- # [x] a", "<ul>\n<li>\n<h1>[x] a</h1>\n</li>\n</ul>\n", "a check box begins a paragraph")
	for _, domain := range []string{"127.0.0.1:80/x", "1.2", "é.bc", "a.b-c", "a.bc:x"} {
		check("http://"+domain, `<p><a href="http://`+strings.ReplaceAll(domain, "é", "%C3%A9")+`">http://`+domain+"</a></p>\n",
			"a domain has letters, digits, hyphens and periods")
	}
	for _, domain := range []string{"a.bc_d", "a.b_c.de", "a..bc", "u:p@a.bc"} {
		check("http://"+domain, "<p>http://"+domain+"</p>\n", "a domain has no empty part, and no underscore in the last two")
	}
	check("http://a.bc/x*y*", `<p><a href="http://a.bc/x*y">http://a.bc/x*y</a>*</p>`+"\n", "an address goes on to the next blank")
	check("x\thttp://a.bc", "<p>x\t<a href=\"http://a.bc\">http://a.bc</a></p>\n", "a tab is a blank")
	check("`a`http://a.bc", "<p><code>a</code>http://a.bc</p>\n", "an address begins after a blank, a delimiter or a parenthesis")
	check("ftp://a.bc", "<p>ftp://a.bc</p>\n", "other schemes are no web addresses")
}

// TestDocuments checks that the documents of the program look as with goldmark/extension.
func TestDocuments(t *testing.T) {
	documents := os.DirFS("../../fixtures/documents")
	tables := 0
	err := fs.WalkDir(documents, ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".md") {
			return err
		}
		source, err := fs.ReadFile(documents, path)
		if err != nil {
			return err
		}
		page := html(t, string(source))
		tables += strings.Count(page, "<table>")
		if d := cmp.Diff(byExtension(t, string(source)), page); d != "" {
			t.Errorf("%s:\n%s", path, d)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if tables == 0 {
		t.Error("no document has a table")
	}
}

// TestMissingCells: tables with much fewer cells than rows and columns are no tables, in all of a document together.
func TestMissingCells(t *testing.T) {
	table := strings.Repeat("|a", 1000) + "\n" + strings.Repeat("|-", 1000) + "\n" + strings.Repeat("|\n", 60) + "\n"
	if got := strings.Count(html(t, table+table), "<table>"); got != 1 {
		t.Errorf("%d tables, want 1", got)
	}
}

func FuzzTables(f *testing.F) {
	for _, sources := range same {
		for _, source := range sources {
			f.Add(source)
		}
	}
	m := goldmark.New(goldmark.WithExtensions(All))
	f.Fuzz(func(t *testing.T, source string) {
		root := m.Parser().Parse(text.NewReader([]byte(source)))
		err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if table, ok := n.(*extast.Table); ok && entering {
				for row := table.FirstChild(); row != nil; row = row.NextSibling() {
					if row.ChildCount() != len(table.Alignments) {
						t.Errorf("%q: a row of %d cells in a table of %d columns", source, row.ChildCount(), len(table.Alignments))
					}
				}
			}
			return ast.WalkContinue, nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// BenchmarkHostile parses texts that are meant to take long. The time for a byte does not grow with the text.
func BenchmarkHostile(b *testing.B) {
	for name, source := range map[string]func(n int) string{
		"delimiter rows": func(n int) string { return "a\n" + strings.Repeat("|-\n", n/3) },
		"columns":        func(n int) string { return strings.Repeat("|a", n/4) + "\n" + strings.Repeat("|-", n/4) },
		"short rows": func(n int) string {
			return strings.Repeat("|a", n/8) + "\n" + strings.Repeat("|-", n/8) + strings.Repeat("\n|", n/4)
		},
		"pipes in code":     func(n int) string { return "|a|\n|-|\n|`" + strings.Repeat(`\|`, n/2) + "`|" },
		"tildes":            func(n int) string { return strings.Repeat("~", n) },
		"tildes of a kind":  func(n int) string { return strings.Repeat("~a ", n/3) },
		"boxes":             func(n int) string { return strings.Repeat("- [ ] a\n", n/8) },
		"domains":           func(n int) string { return strings.Repeat("www._", n/5) },
		"names":             func(n int) string { return strings.Repeat("a_", n/2) },
		"parentheses":       func(n int) string { return "http://a.bc/" + strings.Repeat(")", n) },
		"references":        func(n int) string { return "http://a.bc/" + strings.Repeat("&a;", n/3) },
		"semicolons":        func(n int) string { return strings.Repeat(" http://a.bc/"+strings.Repeat("a", 99)+";", n/113) },
		"after other nodes": func(n int) string { return strings.Repeat("`a`http://a.bc", n/14) },
	} {
		for _, n := range []int{1 << 16, 1 << 19} {
			b.Run(fmt.Sprintf("%s/%dK", name, n>>10), func(b *testing.B) {
				data := []byte(source(n))
				b.SetBytes(int64(n))
				for b.Loop() {
					goldmark.New(goldmark.WithExtensions(All)).Parser().Parse(text.NewReader(data))
				}
			})
		}
	}
}
