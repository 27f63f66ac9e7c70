package doctest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

// Config says how documents are run. The zero value runs them in the environment of the process.
type Config struct {
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
	// UDiff reports every failure as a unified diff.
	UDiff bool
}

// Outcome is what became of a document.
type Outcome int

// Outcomes. The first three are a success.
const (
	OK       Outcome = iota
	Skipped          // by the options of the document
	LeftOut          // by the user or by an earlier pass; Result.Reason says why
	Failed           // some examples failed
	NotFound         // there is no such file
	Broken           // the document cannot be run; Result.Err says why
)

// Result is the outcome of one document.
type Result struct {
	Path      string // as given
	Outcome   Outcome
	Reason    string // of a document that was LeftOut
	Err       error  // of a Broken document, or why the run ended early
	Attempted int    // examples that ran
	Failures  []Failure
	Warning   error // something to clean up by hand, or nil
}

// Success reports whether nothing failed.
func (r *Result) Success() bool { return r.Outcome <= LeftOut }

// Failure is an example whose output was not the wanted one.
type Failure struct {
	Example Example
	Got     string        // what it printed
	Err     *pystar.Error // the error it ended with, or nil
	Trace   string        // the functions of the document that the error came through, innermost last
	Options Options       // of the example, with those of the run
}

// Run runs the document at path. When ctx is done, the running command is killed and the result has the error of ctx.
func Run(ctx context.Context, cfg Config, path string) *Result {
	r := &Result{Path: path}
	doc, err := ParseFile(path)
	switch {
	case isNotExist(err):
		r.Outcome = NotFound
		return r
	case err != nil:
		return r.broken(err)
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err != nil {
		return r.broken(err)
	}
	s, err := newSession(ctx, cfg, dir)
	if err != nil {
		return r.broken(err)
	}
	defer func() { r.Warning = s.close() }()
	force := cfg.Force || s.env["FORCE_TEST"] == "1"
	if !force && s.host().skips(doc.Options) {
		r.Outcome = Skipped
		return r
	}
	s.runDocument(doc, r)
	return r
}

func (r *Result) broken(err error) *Result {
	r.Outcome, r.Err = Broken, err
	return r
}

// step is a prepared example: run executes it, matches compares its output.
type step struct {
	example Example
	run     func(*starlark.Thread) error
	matches func(want, got string, o Options) bool
}

// prepare compiles the examples that are not skipped. A document that needs what the language lacks is an error.
func (s *session) prepare(doc *Document, path string) ([]step, error) {
	h := s.host()
	var steps []step
	for _, e := range doc.Examples {
		if e.Options.On(Skip) || h.skips(e.Options) {
			continue
		}
		if doc.Kind == kindBash {
			steps = append(steps, s.bashStep(e))
			continue
		}
		st := step{example: e, matches: Match}
		prog, err := pystar.Compile(path, e.Line, e.Source, importable)
		var un *pystar.UnsupportedError
		if errors.As(err, &un) {
			return nil, &ParseError{un.Line, "not runnable: " + un.Error()}
		}
		if err != nil {
			st.run = func(*starlark.Thread) error { return err }
		} else {
			st.run = func(t *starlark.Thread) error { return prog.Run(t, s.names) }
		}
		steps = append(steps, st)
	}
	return steps, nil
}

func (s *session) runDocument(doc *Document, r *Result) {
	steps, err := s.prepare(doc, r.Path)
	if err != nil {
		r.broken(err)
		return
	}
	thread := &starlark.Thread{Name: r.Path}
	stop := context.AfterFunc(s.ctx, func() { thread.Cancel("interrupted") })
	defer stop()
	for _, st := range steps {
		failure := s.runStep(thread, st)
		if err := s.ctx.Err(); err != nil {
			r.broken(fmt.Errorf("line %d: %w", st.example.Line, context.Cause(s.ctx)))
			return
		}
		r.Attempted++
		if failure == nil {
			continue
		}
		r.Outcome = Failed
		r.Failures = append(r.Failures, *failure)
		if s.cfg.FailFast || st.example.Options.On(FailFast) {
			return
		}
	}
}

// runStep runs an example and returns its failure, or nil.
func (s *session) runStep(thread *starlark.Thread, st step) *Failure {
	e := st.example
	err := st.run(thread)
	got := s.take()
	if err == nil {
		if st.matches(e.Want, got, e.Options) {
			return nil
		}
		return s.failure(e, got)
	}
	pyErr := pystar.AsError(err)
	if e.WantErr != "" && matchError(e.WantErr, pyErr.Error()+"\n", e.Options) {
		return nil
	}
	f := s.failure(e, got)
	f.Err, f.Trace = pyErr, trace(err)
	return f
}

func (s *session) failure(e Example, got string) *Failure {
	opts := Options{}
	if s.cfg.UDiff {
		opts[ReportUDiff] = true
	}
	if s.env["REPORT_ONLY_FIRST_FAILURE"] == "1" {
		opts[ReportOnlyFirstFailure] = true
	}
	for name, on := range e.Options {
		opts[name] = on
	}
	return &Failure{Example: e, Got: got, Options: opts}
}

// trace lists the calls that an error came through, if there were functions of the document among them.
func trace(err error) string {
	var evalErr *starlark.EvalError
	if !errors.As(err, &evalErr) {
		return ""
	}
	out, functions := "", 0
	for _, f := range evalErr.CallStack {
		if f.Pos.Filename() == "<builtin>" {
			continue
		}
		if f.Name != "<toplevel>" {
			functions++
		}
		out += fmt.Sprintf("line %d, in %s\n", f.Pos.Line, f.Name)
	}
	if functions == 0 {
		return ""
	}
	return out
}
