package cmd

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	runscmd "guild/runs/cmd"
	"guild/runs/compare"
	comparecmd "guild/runs/compare/cmd"
	"guild/runs/console"
	"guild/runs/csvfile"
	"guild/runs/csvsafe"
	"guild/runs/filter"
	"guild/runs/listing"
	"guild/runs/logdir"
	"guild/runs/scalars"
)

// Tensorboard shows runs in TensorBoard.
type Tensorboard struct {
	filter.Flags
	Specs        []string `arg:"" optional:"" name:"run" help:"Indexes, ranges such as 1:3, starts of ids, or o:OPERATION. Default: all runs that pass the filters." complete:"run"`
	Host         string   `placeholder:"HOST" help:"What TensorBoard listens on. Default: this machine only."`
	Port         int      `short:"p" placeholder:"PORT" help:"The port. Default: 6006, or the next one that is free."`
	IncludeBatch bool     `name:"include-batch" help:"Batches too."`
	Refresh      float64  `name:"refresh-interval" default:"5" placeholder:"SECONDS" help:"How often to look for what has changed (${default})."`
	NameFlags    string   `name:"run-name-flags" placeholder:"FLAGS" help:"Flags to name runs by in place of their labels, separated by commas or blanks." complete:"run-flag"`
	NoOpen       bool     `short:"n" name:"no-open" help:"Do not open a browser."`
	Tab          string   `placeholder:"TAB" help:"The tab to open the browser with, such as scalars."`
	SkipHParams  bool     `name:"skip-hparams" help:"No flags for the comparison of hyperparameters."`
	SkipImages   bool     `name:"skip-images" help:"No images of the runs."`
	Options      []string `short:"O" name:"option" sep:"none" placeholder:"OPTION=VALUE" help:"An option for TensorBoard. May be repeated."`
	Logdir       string   `placeholder:"DIR" help:"Prepare the log directory DIR, new or empty, and start nothing: TensorBoard is started by other means, perhaps elsewhere." complete:"dir"`
	Follow       bool     `help:"With --logdir: keep the directory in step with the runs until interrupted."`
	Replace      bool     `help:"Replace the file that --export-scalars names, if it is there."`
	Export       string   `name:"export-scalars" placeholder:"PATH" help:"Write all values of all scalars as CSV to the file PATH, or with - to the standard output, and start nothing." complete:"file:*.csv"`
	CSVSafe      bool     `name:"csv-safe" help:"In CSV, an apostrophe before texts that spreadsheets would take for formulas: those that begin with =, +, - or @."`
}

// Run shows the runs until it is interrupted.
func (k *Tensorboard) Run(ctx context.Context, c *console.Console, s *catalog.Catalog) error {
	if k.Refresh <= 0 {
		return fmt.Errorf("--refresh-interval %g: give a number of seconds", k.Refresh)
	}
	if k.Follow && k.Logdir == "" {
		return console.Usage(console.WithHint(errors.New("--follow needs a log directory to keep in step with the runs"),
			"Name it with --logdir DIR; without either, TensorBoard is started and follows the runs."))
	}
	if k.Export != "" {
		return k.export(c, s)
	}
	d := &logdir.Dir{Path: k.Logdir, Name: k.name, HParams: !k.SkipHParams, Images: !k.SkipImages}
	if k.Logdir != "" {
		if err := os.MkdirAll(k.Logdir, 0o777); err != nil {
			return fmt.Errorf("log directory: %w", err)
		}
		if entries, err := os.ReadDir(k.Logdir); err != nil || len(entries) > 0 {
			return fmt.Errorf("log directory %s: it is not empty: name a new one", k.Logdir)
		}
		if err := k.sync(s, d); err != nil {
			return err
		}
		c.Notef("Prepared %s\n", d.Path)
		if !k.Follow {
			return nil
		}
		c.Notef("Keeping it in step with the runs (Ctrl-C to stop)\n")
		return k.keep(ctx, c, s, d)
	}
	program, err := exec.LookPath("tensorboard")
	if err != nil {
		return errors.New("TensorBoard is not installed here: 'pip install tensorboard', or use --logdir DIR and start it elsewhere")
	}
	if d.Path, err = os.MkdirTemp("", "guild-tensorboard-"); err != nil {
		return fmt.Errorf("log directory: %w", err)
	}
	defer func() { _ = os.RemoveAll(d.Path) }()
	return k.serve(ctx, c, s, d, program)
}

func (k *Tensorboard) find(s *catalog.Catalog) ([]*catalog.Snapshot, error) {
	return (&comparecmd.Compared{Flags: k.Flags, Specs: k.Specs, IncludeBatch: k.IncludeBatch}).Find(s)
}

// name returns the name of a run in TensorBoard.
func (k *Tensorboard) name(r *runs.View) string {
	label := r.Label()
	if k.NameFlags != "" {
		flags := r.Flags()
		var parts []string
		for _, name := range strings.FieldsFunc(k.NameFlags, func(r rune) bool { return r == ',' || r == ' ' }) {
			if v, ok := flags[name]; ok {
				parts = append(parts, name+"="+compare.Text(v))
			}
		}
		label = strings.Join(parts, " ")
	}
	return strings.TrimSpace(strings.Join([]string{r.ShortID(), r.OpSpec(), listing.Time(r.Started()), label}, " "))
}

// sync updates the log directory for the current runs.
func (k *Tensorboard) sync(s *catalog.Catalog, d *logdir.Dir) error {
	list, err := k.find(s)
	if err != nil {
		return err
	}
	return d.Sync(runs.Views(list))
}

// keep updates the log directory until the context ends. It reports each error once.
func (k *Tensorboard) keep(ctx context.Context, c *console.Console, s *catalog.Catalog, d *logdir.Dir) error {
	last := ""
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(k.Refresh * float64(time.Second))):
		}
		if err := k.sync(s, d); err != nil && err.Error() != last {
			last = err.Error()
			c.Notef("WARNING: %s\n", last)
		}
	}
}

// serve runs TensorBoard and keeps the log directory up to date.
func (k *Tensorboard) serve(ctx context.Context, c *console.Console, s *catalog.Catalog, d *logdir.Dir, program string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, k.args(d.Path)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	const patience = 5 * time.Second
	cmd.WaitDelay = patience
	cmd.Stdout = c.Out
	says, err := cmd.StderrPipe()
	if err != nil {
		return fmt.Errorf("start TensorBoard: %w", err)
	}
	if err := k.sync(s, d); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start TensorBoard: %w", err)
	}
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		_ = k.keep(ctx, c, s, d) // until TensorBoard ends; keep reports errors
	}()
	k.relay(c, says)
	err = cmd.Wait()
	interrupted := ctx.Err()
	cancel()
	<-kept
	switch {
	case interrupted != nil:
		return interrupted
	case err != nil:
		return fmt.Errorf("TensorBoard: %w", err)
	}
	return nil
}

func (k *Tensorboard) args(dir string) []string {
	args := []string{"--logdir", dir, "--reload_interval", strconv.FormatFloat(k.Refresh, 'f', -1, 64)}
	if k.Host != "" {
		args = append(args, "--host", k.Host)
	}
	if k.Port > 0 {
		args = append(args, "--port", strconv.Itoa(k.Port))
	}
	for _, o := range k.Options {
		args = append(args, "--"+strings.TrimLeft(o, "-"))
	}
	return args
}

// relay passes on TensorBoard's output, and opens the browser at the address in it.
func (k *Tensorboard) relay(c *console.Console, says io.Reader) {
	address := regexp.MustCompile(`https?://\S+`)
	opened := k.NoOpen
	for lines := bufio.NewScanner(says); lines.Scan(); {
		c.Notef("%s\n", lines.Text())
		url := address.FindString(lines.Text())
		if opened || url == "" || runscmd.Opener() == "" {
			continue
		}
		opened = true
		if k.Tab != "" {
			url += "#" + k.Tab
		}
		browser := exec.Command(runscmd.Opener(), url)
		if err := browser.Start(); err != nil {
			c.Notef("WARNING: cannot open a browser: %v\n", err)
			continue
		}
		go func() { _ = browser.Wait() }() // a later failure of the browser is not reported
	}
}

// export writes each value of each scalar; a file is written completely or not at all.
func (k *Tensorboard) export(c *console.Console, s *catalog.Catalog) error {
	list, err := k.find(s)
	if err != nil {
		return err
	}
	safe := csvsafe.If(k.CSVSafe)
	return csvfile.Write(c, k.Export, k.Replace, func(w *csv.Writer) error {
		_ = w.Write([]string{"run", "path", "tag", "value", "step"}) // w.Error reports a failure
		for _, r := range list {
			if err := scalars.Each(r, func(dir, tag string, p scalars.Point, _ time.Time) {
				_ = w.Write(safe([]string{r.ID, filepath.ToSlash(filepath.Clean(dir)), tag, compare.Raw(p.Value), strconv.FormatInt(p.Step, 10)}))
			}); err != nil {
				c.Notef("WARNING: run %s: %v\n", r.ShortID(), err)
			}
		}
		w.Flush()
		return w.Error()
	})
}
