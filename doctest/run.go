package doctest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Config says how documents are run.
type Config struct {
	// Python is the path of the Python that runs documents; see FindPython.
	Python string
	// Guild is the absolute path of the guild under test; its directory is put in front of PATH. Empty: PATH decides.
	Guild string
	// Env is the environment that a document starts with, as in exec.Cmd. Nil: that of the process.
	Env []string
	// Examples and Samples are the absolute directories of example(NAME) and sample(NAME). Without them, examples are
	// looked up in $EXAMPLES and samples beside the document, in its directory samples.
	Examples, Samples string
	// Force runs a document although its own options skip it. FORCE_TEST=1 in the environment does the same.
	Force bool
	// FailFast ends a document at its first failure.
	FailFast bool
	// UDiff reports failures of several lines as unified diffs.
	UDiff bool
	// Stderr receives what a document writes past its helpers, such as text on sys.stderr. Nil discards it.
	Stderr io.Writer
}

// Outcome is what became of a document.
type Outcome int

// Outcomes. The first three are a success.
const (
	OK       Outcome = iota
	Skipped          // by the options of the document
	LeftOut          // by the user or by an earlier pass; Result.Reason says why
	Failed           // some examples failed
	NotFound         // the file does not exist
	Broken           // the document cannot be run; Result.Err says why
)

// Result is the outcome of one document.
type Result struct {
	Path      string // as given
	Outcome   Outcome
	Reason    string    // of a document that was LeftOut
	Err       error     // of a Broken document, or why the run ended early
	Attempted int       // examples that ran
	Failed    int       // of those, examples that failed
	Failures  []Failure // those to be shown, which can be fewer
	Warning   error     // something to clean up by hand, or nil
}

// Success reports whether nothing failed.
func (r *Result) Success() bool { return r.Outcome <= LeftOut }

// Failure is an example whose output was not the wanted one.
type Failure struct {
	Line   int    // 1-based line of the prompt in the file
	Source string // ends with a newline
	Text   string // what was wanted and what came, in lines
}

// Run runs the document at path. When ctx is done, the running command is killed and the result has the cause of ctx.
func Run(ctx context.Context, cfg Config, path string) *Result {
	r := &Result{Path: path}
	doc, err := readDocument(path)
	if errors.Is(err, fs.ErrNotExist) {
		r.Outcome = NotFound
		return r
	}
	if err != nil {
		return r.broken(err)
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err != nil {
		return r.broken(err)
	}
	temp, err := os.MkdirTemp(tempBase(cfg.Env), "guild-doctest-")
	if err != nil {
		return r.broken(err)
	}
	defer func() { r.Warning = removeAll(temp) }()
	j := job{
		Path: path, Dir: dir, Kind: doc.Kind, Options: doc.Options, Text: doc.Text, Env: cfg.environ(), Samples: cfg.Samples, Temp: temp,
		Force: cfg.Force, FailFast: cfg.FailFast, UDiff: cfg.UDiff,
	}
	finished := false
	err = runPython(ctx, cfg, j, func(e event) {
		finished = finished || e.Failure == nil
		r.handle(e)
	})
	if err == nil && !finished {
		err = errors.New("the document ended the process that runs it")
	}
	if err != nil {
		return r.broken(err)
	}
	return r
}

func (r *Result) handle(e event) {
	switch {
	case e.Failure != nil:
		r.Failures = append(r.Failures, *e.Failure)
	case e.Skipped:
		r.Outcome = Skipped
	case e.Error != "":
		r.broken(errors.New(e.Error))
	case e.Counts != nil:
		r.Attempted, r.Failed = e.Counts.Attempted, e.Counts.Failed
		if r.Failed > 0 {
			r.Outcome = Failed
		}
	}
}

func (r *Result) broken(err error) *Result {
	r.Outcome, r.Err = Broken, err
	return r
}

// environ returns the environment of the document.
func (cfg Config) environ() [][]byte {
	env := cfg.Env
	if env == nil {
		env = os.Environ()
	}
	var out [][]byte
	add := func(entry string) { out = append(out, []byte(entry)) }
	for _, entry := range env {
		add(entry)
	}
	if cfg.Guild != "" {
		add("PATH=" + filepath.Dir(cfg.Guild) + string(os.PathListSeparator) + lookup(env, "PATH"))
	}
	if cfg.Examples != "" {
		add("EXAMPLES=" + cfg.Examples)
	}
	return out
}

// tempBase returns the directory for temporary files in an environment.
func tempBase(env []string) string {
	if dir := lookup(env, "TMPDIR"); dir != "" {
		return dir
	}
	return os.TempDir()
}

// removeTries and removePause bound the wait for a process that still writes to a temporary directory.
const (
	removeTries = 5
	removePause = 100 * time.Millisecond
)

// removeAll removes the temporary files of a document and returns an error that names what is left.
func removeAll(dir string) error {
	err := os.RemoveAll(dir)
	for try := 1; err != nil && try < removeTries; try++ {
		time.Sleep(removePause)
		err = os.RemoveAll(dir)
	}
	if err != nil {
		return fmt.Errorf("temporary files are left behind: %w: remove %s when nothing uses it", err, dir)
	}
	return nil
}
