package render

import (
	"strings"

	"github.com/alecthomas/chroma/v2"
)

// Code returns source code as spans with a class: k for keywords, s for strings, c for comments, n for numbers, f for names that are
// defined or built in. language is a language or a file name. Code in an unknown language is plain text.
func Code(language string, source []byte) []Node {
	plain := []Node{text(string(source))}
	lexer := languages().Get(language)
	if lexer == nil {
		lexer = languages().Match(language)
	}
	if lexer == nil {
		return plain
	}
	tokens, err := chroma.Coalesce(lexer).Tokenise(nil, string(source))
	if err != nil {
		return plain
	}
	var list []Node
	var rest strings.Builder
	flush := func() {
		if rest.Len() > 0 {
			list = append(list, text(rest.String()))
			rest.Reset()
		}
	}
	for t := tokens(); t != chroma.EOF; t = tokens() {
		class := classOf(t.Type)
		if class == "" {
			rest.WriteString(t.Value)
			continue
		}
		flush()
		list = append(list, element("span", text(t.Value)).with("class", class))
	}
	flush()
	return list
}

func classOf(t chroma.TokenType) string {
	switch {
	case t.InCategory(chroma.Keyword) || t == chroma.OperatorWord || t == chroma.NameTag:
		return "k"
	case t.InSubCategory(chroma.LiteralString):
		return "s"
	case t.InCategory(chroma.Comment):
		return "c"
	case t.InSubCategory(chroma.LiteralNumber):
		return "n"
	case t == chroma.NameFunction, t == chroma.NameClass, t == chroma.NameBuiltin, t == chroma.NameDecorator, t == chroma.NameAttribute:
		return "f"
	}
	return ""
}
