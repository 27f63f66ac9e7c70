package render

import (
	"embed"
	"io/fs"
	"sync"

	"github.com/alecthomas/chroma/v2"
)

// lexerFiles are lexers of chroma, under the licence of that module. Its own package of lexers reads the files of 300 languages at each
// start of the program, which takes longer than most commands.
//
//go:embed lexers/*.xml
var lexerFiles embed.FS

// languages returns the lexers of lexerFiles.
var languages = sync.OnceValue(func() *chroma.LexerRegistry {
	known := chroma.NewLexerRegistry()
	names, err := fs.Glob(lexerFiles, "lexers/*.xml")
	if err != nil {
		panic(err) // cannot happen: the pattern is valid
	}
	for _, name := range names {
		known.Register(chroma.MustNewXMLLexer(lexerFiles, name))
	}
	return known
})
