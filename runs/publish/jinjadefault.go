package publish

import (
	"fmt"
	"strings"
)

// jinjaSections are the sections of the default page: the block that a template can replace, the condition under which the section is
// there, and its heading. The part _BLOCK.md has its text.
var jinjaSections = [...]struct{ block, condition, heading string }{
	{"flags", "flags", "Flags"},
	{"scalars", "scalars", "Scalars"},
	{"images", "run|images", "Images"},
	{"runfiles", "runfiles", "Run Files"},
	{"sourcecode", "sourcecode", "Source Code"},
	{"output", "output", "Output"},
}

// jinjaDefaultPage returns the default page in the language Jinja, for templates that extend it.
func jinjaDefaultPage() string {
	var b, contents, sections strings.Builder
	block := func(to *strings.Builder, name, text string) {
		fmt.Fprintf(to, "{%% block %s %%}%s{%% endblock %%}\n", name, text)
	}
	part := func(name string) string {
		return fmt.Sprintf("{%% include ['_%s.md', '%s/_%[1]s.md'] %%}", name, jinjaDefault)
	}
	for _, s := range jinjaSections {
		anchor := strings.ToLower(strings.ReplaceAll(s.heading, " ", "-"))
		fmt.Fprintf(&contents, "{%% if %s %%}- [%s](#%s)\n{%% endif %%}", s.condition, s.heading, anchor)
		block(&sections, s.block, fmt.Sprintf("{%% if %s %%}\n## %s\n\n%s\n{%% endif %%}", s.condition, s.heading, part(s.block)))
	}
	block(&b, "header", "[Published runs](../README.md)\n")
	b.WriteString("{% block body %}")
	block(&b, "title", "\n# {{ run.operation }}\n")
	block(&b, "summary", "\n"+part("summary")+"\n")
	block(&b, "contents", "\n## Contents\n\n"+contents.String())
	b.WriteString(sections.String() + "{% endblock %}\n")
	block(&b, "footer", "")
	return b.String()
}
