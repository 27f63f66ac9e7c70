package cmd

import (
	"fmt"
	"io"
	"os"

	"guild/runs/console"
)

// tryOutput calls try with the console and the named file, or standard input for a dash.
func tryOutput(con *console.Console, name string, try func(io.Writer, io.Reader) error) error {
	if name == "-" {
		return try(console.Escaping(con.Out), os.Stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("test output: %w", err)
	}
	defer func() { _ = f.Close() }()
	return try(console.Escaping(con.Out), f)
}
