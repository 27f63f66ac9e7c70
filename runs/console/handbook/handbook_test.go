package handbook

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"guild/runs/console/build"
)

const page = "---\ndoctest-type: bash\n---\n\n# A page\n\nSome `code` and **more** of [it](other.md#two-words), which is a long text that is broken.\n\n" +
	"## Two words\n\n    $ cat > a.txt <<'EOF'    # doctest: +KEEP_LF\n    > one\n    > EOF\n\n    $ guild runs\n    ???listing\n    <exit 1>\n\n" +
	"- first\n- second\n\n| name | |\n|---|---|\n| `x` | what it is |\n\n| name | type | text |\n|---|---|---|\n| `a\\|b` | int | how *many* |\n"

func testBook() *Book {
	return New(fstest.MapFS{
		"a.md":     {Data: []byte(page)},
		"other.md": {Data: []byte("# Other\n\n## Two words\n\n[file](x.service)\n")}, "x.service": {Data: []byte("[Unit]\n")},
	}, []Chapter{{"Chapter", []Page{{Path: "a.md", Section: 7}, {Name: "more", Path: "other.md", Section: 5}}}})
}

func TestText(t *testing.T) {
	b := testBook()
	p, ok := b.Find("a")
	if !ok {
		t.Fatal("no topic a")
	}
	var out strings.Builder
	if err := b.WriteText(&out, p, 40); err != nil {
		t.Fatal(err)
	}
	want := `A page
======

  Some code and more of it ('guild help
  more'), which is a long text that is
  broken.

Two words

    $ cat > a.txt <<'EOF'
    one
    EOF

    $ guild runs
    ...listing
    (exit status 1)

  - first
  - second

  x                     what it is

  a|b                   type: int; text:
                        how many
`
	if d := cmp.Diff(want, out.String()); d != "" {
		t.Error(d)
	}
}

func TestMan(t *testing.T) {
	pages, err := testBook().Manual(build.Info{Version: "1.2", Date: "2026-11-30"})
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) != 2 || pages["guild-more.5"] == "" {
		t.Errorf("pages are %v", pages)
	}
	for _, want := range []string{
		`.TH "GUILD-A" 7 "2026-11-30" "guild 1.2"` + "\n.SH NAME\nguild\\-a \\- A page\n",
		`Some \fBcode\fP and \fBmore\fP of it (guild\-more(5)), which`,
		"\n$ guild runs\n\\&...listing\n", ".IP \\(bu 4\nfirst\n", ".TP\n\\fBx\\fP\nwhat it is\n",
	} {
		if !strings.Contains(pages["guild-a.7"], want) {
			t.Errorf("no %q in\n%s", want, pages["guild-a.7"])
		}
	}
}

func TestSite(t *testing.T) {
	files, err := testBook().Site()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, want string }{
		{"a.html", `<a href="other.html#two-words">it</a>`},
		{"a.html", `<a rel="next" href="other.html">Other →</a>`},
		{"other.html", `<h2 id="two-words">Two words</h2>`},
		{"other.html", `<a rel="prev" href="a.html">← A page</a>`},
		{"other.html", `<li><a href="other.html" aria-current="page">Other</a></li>`},
		{"x.service", "[Unit]"},
		{"words.js", `{"page":"A page","title":"Two words","url":"a.html#two-words","text":"$ cat`},
		{"index.html", `<li><a href="other.html">Other</a></li>`},
	} {
		if !strings.Contains(files[tt.name], tt.want) {
			t.Errorf("no %q in %s:\n%s", tt.want, tt.name, files[tt.name])
		}
	}
}

func TestAsTyped(t *testing.T) {
	for _, tt := range []struct{ document, shown string }{
		{"    $ guild runs\n    a\n    <exit 0>\n\ntext", "    $ guild runs\n    a\n\ntext"},
		{"    $ guild run x 'y'  # doctest: +SKIP\n    <exit 2>", "    $ guild run x 'y'\n    (exit status 2)"},
		{"    $ a\n    x\n    <BLANKLINE>", "    $ a\n    x\n"},
		{"    $ a\n    > b\n    > c   # doctest: +KEEP_LF", "    $ a\n    b\n    c   # doctest: +KEEP_LF"},
		{"text $ a\n  $ b", "text $ a\n  $ b"},
	} {
		if got := asTyped(tt.document); got != strings.TrimSuffix(tt.shown, "\n")+map[bool]string{true: "\n    "}[strings.HasSuffix(tt.shown, "\n")] {
			t.Errorf("%q is shown as %q", tt.document, got)
		}
	}
}

func TestAnchors(t *testing.T) {
	text := []byte("# The `guild.yml` file, again\n\n## Same\n\n## Same\n")
	for _, id := range []string{"the-guildyml-file-again", "same", "same-1"} {
		if !HasAnchor(text, id) {
			t.Errorf("no heading has the id %s", id)
		}
	}
	if HasAnchor(text, "other") {
		t.Error("there is a heading that is not there")
	}
}
