package render

import (
	"embed"
	"io/fs"
	"sync"

	"github.com/alecthomas/chroma/v2"
)

// lexerFiles are those of chroma, whose licence is that of the module. Its own package of lexers reads the files of 300 languages at each
// start of the program, which takes longer than most commands.
//
//go:embed lexers/*.xml
var lexerFiles embed.FS

// languages returns the lexers of lexerFiles.
var languages = sync.OnceValue(func() *chroma.LexerRegistry {
	known := chroma.NewLexerRegistry()
	names, err := fs.Glob(lexerFiles, "lexers/*.xml")
	if err != nil {
		panic(err) // the pattern is wrong
	}
	for _, name := range names {
		known.Register(chroma.MustNewXMLLexer(lexerFiles, name))
	}
	return known
})
