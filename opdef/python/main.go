package python

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
)

//go:embed guild_main.py
var mainSource []byte

//go:embed guild_flags.py
var flagsSource string

// Main returns the path of the file that starts a script with other globals, below cacheDir; it is written if it is not
// there. It is used as
//
//	python guild_main.py globals '{"NAME": VALUE}' SCRIPT [ARG...]
//	python guild_main.py globals '{"NAME": VALUE}' -m MODULE [ARG...]
//	python guild_main.py global:DICT '{"NAME": VALUE}' SCRIPT [ARG...]
func Main(cacheDir string) (string, error) {
	sum := sha256.Sum256(mainSource)
	path, err := filepath.Abs(filepath.Join(cacheDir, "python", hex.EncodeToString(sum[:8]), "guild_main.py"))
	if err != nil {
		return "", fmt.Errorf("find the cache: %w", err)
	}
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, mainSource) {
		return path, nil
	}
	if err := writeFile(path, mainSource); err != nil {
		return "", fmt.Errorf("write the start file for Python scripts: %w", err)
	}
	return path, nil
}
