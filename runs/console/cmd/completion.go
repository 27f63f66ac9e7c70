// Package cmd has the commands about the command line itself.
package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guild/runs/console"
	"guild/runs/console/grammar"
	"guild/runs/made"
	"guild/runs/replace"
)

// Completion prints or installs the completion script of a shell.
type Completion struct {
	Shell     string `short:"s" placeholder:"NAME" help:"The shell: bash, zsh or fish. Default: the one of $$SHELL." complete:"one-of:bash,zsh,fish"`
	Install   bool   `short:"i" help:"Keep the script beside guild's configuration, and make the shell read it when it starts."`
	Replace   bool   `help:"With --install: replace a script that guild did not write, or that was changed since."`
	ShellInit string `placeholder:"PATH" help:"What the shell reads when it starts, for --install. Default: ~/.bashrc, ~/.zshrc or ~/.config/fish/completions/guild.fish." complete:"file:*"`
}

// Run prints the script or installs it.
func (k *Completion) Run(c *console.Console) error {
	shell := k.Shell
	if shell == "" {
		if shell = filepath.Base(os.Getenv("SHELL")); grammar.Script(shell) == "" {
			shell = grammar.Shells[0]
		}
	}
	script := grammar.Script(shell)
	if script == "" {
		err := fmt.Errorf("invalid value for '-s' / '--shell': '%s' is not one of '%s'", shell, strings.Join(grammar.Shells, "', '"))
		return console.Usage(console.WithHint(err, "Try 'guild completion --help' for more information."))
	}
	if !k.Install {
		c.Printf("%s", script)
		return nil
	}
	if err := k.install(c, shell, script); err != nil {
		return fmt.Errorf("install the completion for %s: %w", shell, err)
	}
	return nil
}

func (k *Completion) install(c *console.Console, shell, script string) error {
	home, err := os.UserHomeDir()
	if err != nil {
		return err
	}
	dir := filepath.Join(home, ".guild")
	if config := os.Getenv("GUILD_CONFIG"); config != "" {
		if dir, err = filepath.Abs(filepath.Dir(config)); err != nil {
			return err
		}
	}
	path := filepath.Join(dir, shell+"_completion")
	init, line := initLine(shell, home, path)
	if k.ShellInit != "" {
		init = k.ShellInit
	}
	old, err := os.ReadFile(init)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if !k.Replace {
		if err := made.CheckSealed(path); err != nil {
			return err
		}
	}
	c.Notef("Writing completion script to %s\n", path)
	if err := replace.Bytes(path, []byte(made.Seal(script))); err != nil {
		return err
	}
	if slices.Contains(strings.Split(string(old), "\n"), line) {
		c.Notef("Completion for guild is in %s already\n", init)
		return nil
	}
	c.Notef("Updating %s to support Guild command completion\n", init)
	if err := appendLine(init, old, line); err != nil {
		return err
	}
	c.Printf("Guild command completion is installed - changes will take effect the next time you open a terminal session\n")
	return nil
}

// initLine returns the file that the shell reads at its start, and the line that makes it read the script.
func initLine(shell, home, script string) (init, line string) {
	const remark = "  # Enable completion for guild"
	word := shellWord(home, script)
	switch shell {
	case "bash":
		return filepath.Join(home, ".bashrc"), "[ -s " + word + " ] && . " + word + remark
	case "zsh":
		return filepath.Join(home, ".zshrc"), "[[ -s " + word + " ]] && . " + word + remark
	}
	return filepath.Join(home, ".config", "fish", "completions", "guild.fish"), "test -s " + word + " ;and . " + word
}

// shellWord quotes a path for shells, with a tilde for the home.
func shellWord(home, path string) string {
	tilde := ""
	if rest, ok := strings.CutPrefix(path, home+"/"); ok {
		tilde, path = "~/", rest
	}
	for _, special := range " \\\"'`$&|;<>()[]{}*?!#" {
		path = strings.ReplaceAll(path, string(special), `\`+string(special))
	}
	return tilde + path
}

// appendLine adds a line to the end of a file, which it creates if necessary.
func appendLine(path string, old []byte, line string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	if len(old) > 0 && old[len(old)-1] != '\n' {
		line = "\n" + line
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line + "\n")
	return errors.Join(err, f.Close())
}
