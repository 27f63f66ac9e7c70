package python

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"path/filepath"

	"guild/runs/plainfile"
	"guild/runs/replace"
)

// The parts of guild_main.py and of op_main.py in package guild: globalsSource, scriptSource, and one of the others.
var (
	//go:embed guild_globals.py
	globalsSource string
	//go:embed guild_script.py
	scriptSource string
	//go:embed guild_main.py
	mainSource string
	//go:embed guild_op_main.py
	opMainSource string
)

// The parts of guild_flags.py, in the order in which they are concatenated.
var (
	//go:embed guild_source.py
	sourceSource string
	//go:embed guild_options.py
	optionsSource string
	//go:embed guild_watch.py
	watchSource string
	//go:embed guild_flags.py
	flagsMain string
)

// flagsSource returns the program that reads flags. It is joined when it is used, since most commands do not need it.
func flagsSource() string {
	return globalsSource + sourceSource + optionsSource + watchSource + flagsMain
}

// cellsSource precedes the source code that handles notebooks.
//
//go:embed guild_cells.py
var cellsSource string

//go:embed guild_notebook.py
var notebookSource string

// Main returns the path of the program, below cacheDir, that debugs a script; runs that were staged before there was guild.op_main are started
// by it too. It writes the program if it does not exist. Its usage is in guild_main.py.
func Main(cacheDir string) (string, error) {
	return start(cacheDir, "guild_main.py", []byte(globalsSource+scriptSource+mainSource))
}

// Notebook is Main for the program that runs a notebook. Its usage is
//
//	python guild_notebook.py '{"NAME": VALUE}' '{"NAME": [PATTERN]}' NOTEBOOK [--no-exec] [--html-no-input]
func Notebook(cacheDir string) (string, error) {
	return start(cacheDir, "guild_notebook.py", []byte(cellsSource+notebookSource))
}

func start(cacheDir, name string, source []byte) (string, error) {
	sum := sha256.Sum256(source)
	path, err := filepath.Abs(filepath.Join(cacheDir, "python", hex.EncodeToString(sum[:8]), name))
	if err != nil {
		return "", fmt.Errorf("find the cache: %w", err)
	}
	if have, err := plainfile.Read(path); err == nil && bytes.Equal(have, source) {
		return path, nil
	}
	if err := replace.Bytes(path, source); err != nil {
		return "", fmt.Errorf("write the start file for Python: %w", err)
	}
	return path, nil
}
