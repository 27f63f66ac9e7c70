package render

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func encode(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestMarkdown(t *testing.T) {
	file := func(path string) string { return "files/" + path }
	for _, tt := range []struct{ in, want string }{
		{"# A *b*", `[["h3",{},"A ",["em",{},"b"]]]`},
		{"a **b** `c`\nd", `[["p",{},"a ",["strong",{},"b"]," ",["code",{},"c"],"\n","d"]]`},
		{"1. x\n", `[["ol",{},["li",{},"x"]]]`},
		{"[a](https://x.example/?q=1)", `[["p",{},["a",{"href":"https://x.example/?q=1"},"a"]]]`},
		{"[a](other.md)", `[["p",{},["a",{"href":"files/other.md"},"a"]]]`},
		{"[a](javascript:alert(1))", `[["p",{},["span",{},"a"]]]`},
		{"[a](//evil.example/x)", `[["p",{},["span",{},"a"]]]`},
		{"![a](plot.png)", `[["p",{},["img",{"alt":"a","src":"files/plot.png"}]]]`},
		{"![a](https://evil.example/x.png)", `[["p",{},"[a]"]]`},
		{"<script>alert(1)</script>\n", `[["pre",{},"\u003cscript\u003ealert(1)\u003c/script\u003e\n"]]`},
		{"a <b onclick=x>b</b>", `[["p",{},"a ","\u003cb onclick=x\u003e","b","\u003c/b\u003e"]]`},
		{"|a|\n|-|\n|1|\n", `[["table",{},["tr",{},["th",{"scope":"col"},"a"]],["tr",{},["td",{},"1"]]]]`},
		{"|`a\\|b`|c\\|d|\n|-|-|", `[["table",{},["tr",{},["th",{"scope":"col"},["code",{},"a","|b"]],["th",{"scope":"col"},"c|d"]]]]`},
		{"- [x] done", `[["ul",{},["li",{},"☑ ","done"]]]`},
		{"~~a~~ www.x.example.", `[["p",{},["del",{},"a"]," ",["a",{"href":"http://www.x.example"},"www.x.example"],"."]]`},
		{"<a@b.example> c@d.example", `[["p",{},["a",{"href":"mailto:a@b.example"},"a@b.example"]," ",` +
			`["a",{"href":"mailto:c@d.example"},"c@d.example"]]]`},
		{"a\\_b &lt; `\\_ &lt;`", `[["p",{},"a_b \u003c ",["code",{},"\\_ \u0026lt;"]]]`},
		{"[a](b\\_c.md) [d](javascript&colon;alert(1))", `[["p",{},["a",{"href":"files/b_c.md"},"a"]," ",["span",{},"d"]]]`},
		{"```python\nif x: 1\n```", `[["pre",{},["span",{"class":"k"},"if"]," x: ",["span",{"class":"n"},"1"],"\n"]]`},
	} {
		if got := encode(t, Markdown([]byte(tt.in), file)); got != tt.want {
			t.Errorf("%q:\n%s, want\n%s", tt.in, got, tt.want)
		}
	}
}

func TestCode(t *testing.T) {
	source := "def f(x):  # <b>\n    return 'é' + 1\n"
	list := Code("train.py", []byte(source))
	if plainText(list) != source {
		t.Errorf("the text is %q", plainText(list))
	}
	got := encode(t, list)
	for _, want := range []string{`["span",{"class":"k"},"def"]`, `["span",{"class":"c"},`, `"class":"s"`, `["span",{"class":"n"},"1"]`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if got := encode(t, Code("no-such-language", []byte("x"))); got != `["x"]` {
		t.Error(got)
	}
}

func TestReadTable(t *testing.T) {
	got, ok := ReadTable(strings.NewReader("a,b\n1,\"x, y\"\n2\n"), ',')
	if !ok || fmt.Sprint(got.Header, got.Rows, got.More) != "[a b] [[1 x, y] [2]] 0" {
		t.Errorf("%+v, %v", got, ok)
	}
	got, ok = ReadTable(strings.NewReader("a\n"+strings.Repeat("1\n", maxTableRows+7)), ',')
	if !ok || len(got.Rows) != maxTableRows || got.More != 7 {
		t.Errorf("%d rows, %d more", len(got.Rows), got.More)
	}
	if _, ok := ReadTable(strings.NewReader(""), ','); ok {
		t.Error("nothing is a table")
	}
}

func TestDiff(t *testing.T) {
	if got := Diff([]byte("a\n"), []byte("a\n")); got != nil {
		t.Errorf("the same: %v", got)
	}
	if got := encode(t, Diff([]byte("a\nb\n"), []byte("a\nc\n"))); got != `["@@@ -1,2 +1,2 @@"," a","-b","+c"]` {
		t.Error(got)
	}
}
