package made

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"guild/runs/plainfile"
)

// sealMark begins the last line of a sealed text, before the digest of the other lines.
const sealMark = "# written by guild, SHA-256 of the lines above: "

// Seal returns a text of whole lines, in which # begins a comment, with a last line by which CheckSealed recognizes it. It is for a file in a
// directory where a record would be a nuisance.
func Seal(text string) string {
	sum := sha256.Sum256([]byte(text))
	return text + sealMark + hex.EncodeToString(sum[:]) + "\n"
}

// CheckSealed returns an error if a file exists that is not as Seal made it.
func CheckSealed(path string) error {
	data, err := plainfile.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	text, _, _ := strings.Cut(string(data), sealMark)
	if Seal(text) != string(data) {
		return Refusal(filepath.Dir(path), []string{filepath.Base(path)})
	}
	return nil
}
