package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"guild/opdef/python"
	"guild/runs/console"
	"guild/runs/replace"
)

// Python provides the package guild for Python programs.
type Python struct {
	Path  bool   `xor:"what" help:"Print the directory to import the package from: sys.path.append(DIRECTORY)."`
	Wheel string `xor:"what" placeholder:"DIR" help:"Write a wheel to DIR, which 'pip install' installs, and print its path." complete:"dir"`

	Version string `kong:"-"` // of the wheel
}

// Run prints the directory of the package, or writes it as a wheel.
func (k *Python) Run(c *console.Console, user *User) error {
	if !k.Path && k.Wheel == "" {
		return errors.New("say what is wanted: --path prints the directory of the package, --wheel DIR writes a wheel")
	}
	if k.Path {
		dir, err := python.LibraryPath(user.Cache())
		if err != nil {
			return err
		}
		c.Data(dir)
		return nil
	}
	if err := os.MkdirAll(k.Wheel, 0o777); err != nil {
		return fmt.Errorf("--wheel: %w", err)
	}
	name := filepath.Join(k.Wheel, python.WheelName(k.Version))
	if err := replace.File(name, func(w io.Writer) error { return python.WriteWheel(w, k.Version) }); err != nil {
		return fmt.Errorf("--wheel: %w", err)
	}
	c.Data(name)
	return nil
}
