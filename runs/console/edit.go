package console

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"guild/runs/words"
)

// Edit lets the user change a text in the editor named by the environment variable VISUAL or EDITOR, or in vi on a terminal. The text is
// in a temporary file with the given name, whose extension tells the editor the type of the text.
func (c *Console) Edit(name, text string) (string, error) {
	command := cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR"))
	if command == "" {
		if _, _, ok := c.Terminals(); !ok { // vi would wait for keys that nobody can press
			return "", errors.New("there is no terminal for an editor, and the variable EDITOR names none")
		}
		command = "vi"
	}
	editor, err := words.Split(command)
	if err == nil && len(editor) == 0 {
		err = errors.New("it is blank")
	}
	if err != nil {
		return "", fmt.Errorf("the variable VISUAL or EDITOR names no editor: %w", err)
	}
	dir, err := os.MkdirTemp("", "guild-edit-")
	if err != nil {
		return "", fmt.Errorf("edit: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // a failure leaves one small file in the directory for temporary files
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("edit: %w", err)
	}
	cmd := exec.Command(editor[0], append(editor[1:], path)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.In, c.Out, c.Err
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("the editor %s failed: %w", editor[0], err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("edit: %w", err)
	}
	return string(data), nil
}
