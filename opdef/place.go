package opdef

import (
	"fmt"
)

// Place is a position in a file.
type Place struct {
	Path         string
	Line, Column int // from 1
}

// FileError is a mistake in a guild.yml. Its text is PATH:LINE:COLUMN: what is wrong, and what to write instead.
type FileError struct {
	Place
	Msg string
}

func (e *FileError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.Path, e.Line, e.Column, e.Msg)
}
