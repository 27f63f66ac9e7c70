package python

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"guild/runs/plainfile"
)

// Reader reads the flags of scripts with an interpreter.
type Reader struct {
	Exe      string // interpreter, see Find and Probe
	CacheDir string // directory for cached answers; empty: no cache
}

// request and answer are input and output of guild_flags.py.
type request struct {
	Path   string   `json:"path"`
	Module string   `json:"module"`
	Dir    string   `json:"dir"`
	Args   []string `json:"args"`
	Param  string   `json:"param"`
	Dest   string   `json:"dest"`
	Mode   string   `json:"mode"`

	PythonPath []string `json:"python_path"`

	Patterns map[string][]string `json:"patterns"`
}

// Kinds of requests, see guild_flags.py.
const (
	modeSource  = "source"
	modeRun     = "run"
	modeWritten = "written"
)

type answer struct {
	Dest  string       `json:"dest"`
	Run   bool         `json:"run"` // running the script would show more flags
	Flags []flagAnswer `json:"flags"`
	Files []fileStamp  `json:"files"`
	Whole bool         `json:"whole"` // for modeWritten: these are all flags

	Parsed bool     `json:"parsed"` // for modeRun: a parser was about to read the arguments
	Error  *failure `json:"error,omitempty"`
}

type failure struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
	Line int    `json:"line"`
	Path string `json:"path"`
}

// fileStamp is the state of a project's module that an answer depends on.
type fileStamp struct {
	Path  string `json:"path"`
	Size  int64  `json:"size"`
	Mtime int64  `json:"mtime"` // nanoseconds
}

func (s fileStamp) changed() bool {
	info, err := os.Stat(s.Path)
	return err != nil || info.Size() != s.Size || info.ModTime().UnixNano() != s.Mtime
}

// Interface determines from the source alone how the script receives flags: Args or Globals.
func (r Reader) Interface(ctx context.Context, s Script) (string, error) {
	if s.Dest != "" {
		return s.Dest, nil
	}
	source, err := plainfile.Read(s.Path)
	if err != nil {
		return "", fmt.Errorf("read the flags of %s: %w", s.Name, err)
	}
	a, err := r.inspect(ctx, s, source)
	return a.Dest, err
}

// Flags reads the flags of the script. A script that reads arguments is run, without output, until it reads them. If the script is at fault
// the error is a *ScriptError, and Dest is set as far as it is known.
func (r Reader) Flags(ctx context.Context, s Script) (Detection, error) {
	source, err := plainfile.Read(s.Path)
	if err != nil {
		return Detection{}, fmt.Errorf("read the flags of %s: %w", s.Name, err)
	}
	a, err := r.inspect(ctx, s, source)
	if err != nil {
		return Detection{Dest: s.Dest}, err
	}
	dest := cmp.Or(s.Dest, a.Dest)
	run := dest == Args && a.Run
	if run {
		a, err = r.run(ctx, s, source)
	} else if dest == Args {
		a = answer{}
	}
	if err != nil {
		return Detection{Dest: dest}, err
	}
	det := a.detection(dest)
	if len(det.Flags) == 0 {
		det.Tried = tried(s, dest, run, a.Parsed)
	}
	return det, nil
}

// tried describes how flags were looked for when none were found.
func tried(s Script, dest string, run, parsed bool) string {
	switch {
	case dest == Globals:
		return fmt.Sprintf("%s sets no global to a literal, and neither it nor the project's modules that it imports have a parser of arguments.", s.Name)
	case parsed:
		return fmt.Sprintf("%s was run up to its parser of arguments, which has no options.", s.Name)
	case run:
		return fmt.Sprintf("%s was run, without arguments, and ended before it read any.", s.Name)
	case dest == Args:
		return fmt.Sprintf("neither %s nor the project's modules that it imports have a parser of arguments that it could be seen to use.", s.Name)
	}
	return ""
}

// Written reads the flags in the source of a script that cannot be run here, and in the project's modules that it imports: options that are
// added with literals.
func (r Reader) Written(ctx context.Context, s Script) (Detection, error) {
	req := s.request(modeWritten)
	a, err := r.ask(ctx, s, req, bareOptions()...)
	if err != nil {
		return Detection{}, err
	}
	if a.Error != nil {
		return Detection{}, s.errorFrom(a.Error)
	}
	det := a.detection(a.Dest)
	det.Incomplete = !a.Whole
	return det, nil
}

func (a *answer) detection(dest string) Detection {
	det := Detection{Dest: dest, Flags: make([]Flag, len(a.Flags))}
	for i, f := range a.Flags {
		det.Flags[i] = f.flag()
	}
	return det
}

// request returns the question about the script.
func (s Script) request(mode string) request {
	req := request{Path: s.Path, Module: s.Module, Dir: s.Dir, PythonPath: append([]string{}, s.PythonPath...),
		Args: append([]string{}, s.Args...), Patterns: s.Patterns, Mode: mode, Dest: s.Dest}
	if param, ok := strings.CutPrefix(s.Dest, GlobalPrefix); ok {
		req.Param = param
	}
	return req
}

// bareOptions start Python without site-packages and environment, which halves the time.
func bareOptions() []string { return []string{"-I", "-S"} }

// inspect parses the script and the project's modules that it imports.
func (r Reader) inspect(ctx context.Context, s Script, source []byte) (answer, error) {
	req := s.request(modeSource)
	req.Args = nil // sub-commands are not of interest
	key, err := r.key(req, source)
	if err != nil {
		return answer{}, fmt.Errorf("read the flags of %s: %w", s.Name, err)
	}
	var a answer
	if !readCache(r.CacheDir, "source", key, &a) || anyChanged(a.Files) {
		if a, err = r.ask(ctx, s, req, bareOptions()...); err != nil {
			return answer{}, err
		}
		writeCache(r.CacheDir, "source", key, a)
	}
	if a.Error != nil {
		return answer{}, s.errorFrom(a.Error)
	}
	return a, nil
}

// key returns a key for everything that an answer depends on, except the files that the answer names.
func (r Reader) key(req request, source []byte) (string, error) {
	data, err := json.Marshal(req)
	return cacheKey(flagsDigest(), string(source), string(data), r.Exe, os.Getenv("PYTHONPATH")), err
}

// run runs the script until its parser is called. A failure is not cached, since its cause may be outside of the script.
func (r Reader) run(ctx context.Context, s Script, source []byte) (answer, error) {
	req := s.request(modeRun)
	key, err := r.key(req, source)
	if err != nil {
		return answer{}, fmt.Errorf("read the flags of %s: %w", s.Name, err)
	}
	var a answer
	if readCache(r.CacheDir, "args", key, &a) && !anyChanged(a.Files) {
		return a, nil
	}
	a, err = r.ask(ctx, s, req)
	if err != nil {
		return answer{}, err
	}
	if a.Error != nil {
		return answer{}, s.errorFrom(a.Error)
	}
	writeCache(r.CacheDir, "args", key, a)
	return a, nil
}

func anyChanged(files []fileStamp) bool {
	for _, f := range files {
		if f.changed() {
			return true
		}
	}
	return false
}

// ask starts the interpreter and returns its answer, which uses a pipe of its own, since the script may print anything.
func (r Reader) ask(ctx context.Context, s Script, req request, options ...string) (answer, error) {
	reqData, err := json.Marshal(req)
	if err != nil {
		return answer{}, fmt.Errorf("read the flags of %s: %w", s.Name, err)
	}
	in, out, err := os.Pipe()
	if err != nil {
		return answer{}, fmt.Errorf("read the flags of %s: %w", s.Name, err)
	}
	defer func() { _ = in.Close() }()
	var stderr tail
	program := flagsSource()
	if req.Patterns != nil {
		program = cellsSource + program
	}
	cmd := exec.CommandContext(ctx, r.Exe, append(options, "-c", program, string(reqData))...)
	cmd.Dir = s.Dir
	cmd.Env = append(r.environ(), "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stderr = &stderr
	cmd.ExtraFiles = []*os.File{out}
	cmd.WaitDelay = time.Second // in case children of the script keep the pipes open
	err = cmd.Start()
	_ = out.Close()
	if err != nil {
		return answer{}, fmt.Errorf("start Python to read the flags of %s: %w", s.Name, err)
	}
	data, _ := io.ReadAll(in)
	err = cmd.Wait()
	if ctx.Err() != nil {
		return answer{}, fmt.Errorf("read the flags of %s: %w", s.Name, context.Cause(ctx))
	}
	var a answer
	if json.Unmarshal(data, &a) == nil {
		return a, nil
	}
	text := stderr.lastLine()
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		text = strings.TrimSpace(err.Error() + " " + text)
	}
	return answer{}, &ScriptError{Script: s.Name, Kind: "Python gave no answer", Text: text}
}

// environ returns the environment for a script whose flags are read. As in a run, it can import the package guild, unless another module
// has that name. If the cache cannot be written, only the flags of scripts that import it cannot be read.
func (r Reader) environ() []string {
	env := os.Environ()
	if r.CacheDir == "" {
		return env
	}
	dir, err := LibraryPath(r.CacheDir)
	if err != nil {
		return env
	}
	if outer := os.Getenv("PYTHONPATH"); outer != "" {
		dir = outer + string(os.PathListSeparator) + dir
	}
	return append(env, "PYTHONPATH="+dir)
}

// tail keeps the end of its input.
type tail struct{ data []byte }

const tailSize = 4096

func (t *tail) Write(p []byte) (int, error) {
	t.data = append(t.data, p...)
	if len(t.data) > tailSize {
		t.data = append([]byte{}, t.data[len(t.data)-tailSize:]...)
	}
	return len(p), nil
}

func (t *tail) lastLine() string {
	lines := bytes.Split(bytes.TrimSpace(t.data), []byte("\n"))
	return string(bytes.TrimSpace(lines[len(lines)-1]))
}
