// Package cmd is the command line of package doctest.
package cmd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"guild/doctest"
	"guild/runs/console"
)

// ErrFailed means that documents failed. The reports have been printed, so the exit status is 1 without a message.
var ErrFailed error = console.Exit(console.ExitFailed)

// Doctest is the command doctest.
type Doctest struct {
	Files []string `arg:"" name:"file" help:"Markdown documents to run." complete:"file:*.md"`

	Examples string `name:"examples" placeholder:"DIR" help:"Directory that example(NAME) looks in. Default is $EXAMPLES." complete:"dir"`
	Samples  string `name:"samples" placeholder:"DIR" help:"Directory that sample(NAME) looks in. Default is the directory samples beside a document." complete:"dir"`
	Force    bool   `name:"force" help:"Run documents that their own options skip."`
	FailFast bool   `name:"fail-fast" help:"Stop at the first failure."`
	UDiff    bool   `name:"udiff" help:"Show failures as unified diffs."`
	UAT      bool   `name:"uat" help:"Take each file as the index of an acceptance pass: run the documents it links to in order, in the directory $WORKSPACE, up to the first that fails. Those that have passed before are skipped."`
}

// Help describes the language of documents.
func (c *Doctest) Help() string {
	return strings.TrimSpace(`
A document is Markdown. Lines that start with >>> are source, continued on lines that start with ..., and the lines that
follow, up to a blank one, are the output it must print. In expected output, ... stands for any text, white space counts
once, and <BLANKLINE> is a blank line.

The source is Python, and python3 on PATH runs it. run("CMD") prints the output of a shell command and <exit CODE>, quiet("CMD")
prints them only if the command fails, run_capture("CMD") returns the output. There are helpers for files (cat, find, write,
mkdir, mkdtemp, ...), for paths (cd, path, example, sample, ...), and Env, Chdir and Ignore for with.

With "doctest-type: bash" in front matter, the source is shell commands: lines that start with $, continued on lines that start with >.
The <exit CODE> of a command that fails must be in the document, <exit 0> need not be.

Each document has a directory, an environment and, unless GUILD_HOME is set, a Guild home of its own. "doctest: +FIXME" in
front matter skips a document, "# doctest: +SKIP" an example.`)
}

// Run runs the documents and reports each. It returns ErrFailed if any of them failed.
func (c *Doctest) Run(ctx context.Context, con *console.Console) error {
	guild, cleanup, err := guildUnderTest()
	if err != nil {
		return err
	}
	defer cleanup()
	cfg := doctest.Config{Guild: guild, Force: c.Force, FailFast: c.FailFast, UDiff: c.UDiff, Stderr: con.Err}
	if cfg.Python, err = doctest.FindPython(); err != nil {
		return err
	}
	if cfg.Examples, err = absolute(c.Examples); err != nil {
		return err
	}
	if cfg.Samples, err = absolute(c.Samples); err != nil {
		return err
	}
	t := &totals{con: con}
	if c.UAT {
		err = c.runPasses(ctx, cfg, t)
	} else {
		err = c.runFiles(ctx, cfg, t)
	}
	if err != nil {
		return err
	}
	t.summarize()
	if t.failed > 0 {
		return ErrFailed
	}
	return nil
}

func (c *Doctest) runFiles(ctx context.Context, cfg doctest.Config, t *totals) error {
	for _, path := range c.Files {
		if err := t.add(doctest.Run(ctx, cfg, path)); err != nil {
			return err
		}
		if ctx.Err() != nil || c.FailFast && t.failed > 0 {
			return nil
		}
	}
	return nil
}

func (c *Doctest) runPasses(ctx context.Context, cfg doctest.Config, t *totals) error {
	for _, index := range c.Files {
		pass, err := doctest.NewPass(cfg, index)
		if err != nil {
			return err
		}
		if err := pass.Run(ctx, t.add); err != nil {
			return err
		}
		if t.failed > 0 {
			return nil
		}
	}
	return nil
}

// totals reports documents and counts them.
type totals struct {
	con                      *console.Console
	documents, failed        int
	examples, examplesFailed int
}

func (t *totals) add(r *doctest.Result) error {
	t.documents++
	t.examples += r.Attempted
	t.examplesFailed += r.Failed
	if !r.Success() {
		t.failed++
	}
	return r.Report(console.Escaping(t.con.Out))
}

func (t *totals) summarize() {
	t.con.Printf("documents: %d, failed: %d; examples: %d, failed: %d\n", t.documents, t.failed, t.examples, t.examplesFailed)
}

func absolute(dir string) (string, error) {
	if dir == "" {
		return "", nil
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(abs); err != nil || !info.IsDir() {
		return "", fmt.Errorf("no directory %s: name one that exists", dir)
	}
	return abs, nil
}

// guildUnderTest returns a path of the running program whose last part is guild, as documents call it by that name.
func guildUnderTest() (path string, cleanup func(), err error) {
	exe, err := os.Executable()
	if err != nil {
		return "", nil, fmt.Errorf("find the program under test: %w", err)
	}
	if filepath.Base(exe) == "guild" && !strings.ContainsRune(filepath.Dir(exe), os.PathListSeparator) {
		return exe, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "guild-bin-")
	if err != nil {
		return "", nil, err
	}
	cleanup = func() { _ = os.RemoveAll(dir) } // what is left is one link in the directory for temporary files
	path = filepath.Join(dir, "guild")
	if err := os.Symlink(exe, path); err != nil {
		cleanup()
		return "", nil, err
	}
	return path, cleanup, nil
}
