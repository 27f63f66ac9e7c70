package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/catalog/index"
	"guild/runs/check"
	"guild/runs/console"
	"guild/runs/listing"
	"guild/runs/mount"
	"guild/runs/publish"
	"guild/runs/runfiles"
)

// Check shows where runs are kept, and any problems there.
type Check struct {
	Runs    bool   `short:"r" help:"Examine the runs, and what crashes left among them."`
	Space   bool   `help:"Add up what the files of the home take."`
	Version string `name:"version" placeholder:"SPEC" help:"Fail unless the version of this program is SPEC, such as >=0.1 or >=0.1,<1. Quote it for the shell."`
	NoInfo  bool   `short:"n" name:"no-info" help:"Show nothing but what is wrong."`
	Verbose bool   `short:"v" help:"Show the machine, the programs that operations may use, and the packages of the interpreter too."`
	Env     bool   `help:"Show the versions and places of programs and of the home only: neither the project nor the runs are looked at."`
	Repair  bool   `help:"Examine the runs and mend what is wrong. Nothing that can be of use is removed: runs that were not made to their end go to the trash."`
	JSON    bool   `name:"json" help:"As a JSON object: version, python, python_version (empty where there is none), home, root, runs, staged, deleted (numbers, null where they cannot be read), file_system (null where there is none yet), problems (a list of objects: kind, run, path, text, mended; null where the runs were not examined), index (an object about the index of listings: path, empty where there is none, runs, damaged), space (null where it was not asked for, or bytes by name: runs, trash, archives, cache)."`

	About About `kong:"-"`
}

// About describes the program.
type About struct {
	Version       string `json:"version"`
	Python        string `json:"python"`         // the interpreter that runs operations; empty if there is none
	PythonVersion string `json:"python_version"` // likewise

	Packages []string `json:"-"` // of the interpreter, as NAME==VERSION
}

// checked is the JSON form of the result, which is stable.
type checked struct {
	About
	Home     string           `json:"home"`
	Root     string           `json:"root"`
	Runs     *int             `json:"runs"`
	Staged   *int             `json:"staged"`
	Deleted  *int             `json:"deleted"`
	Mount    *mount.Report    `json:"file_system"`
	Problems []check.Problem  `json:"problems"`
	Index    index.Condition  `json:"index"`
	Space    map[string]int64 `json:"space"`
}

// Run shows the result. The error says that something is wrong.
func (k *Check) Run(ctx context.Context, c *console.Console, s *runs.Store) error {
	res := checked{About: k.About, Home: s.Home(), Root: s.Root()}
	if k.Env && !k.JSON {
		c.Table(append(res.places(), k.details()...))
		return nil
	}
	// If the file server does not respond, this shows here first, where the wait can be interrupted.
	var mountErr error
	if res.Mount, mountErr = examineMount(ctx, c, s.Root()); mountErr == nil && res.Mount != nil {
		mountErr = res.Mount.Err()
	}
	if mountErr == nil {
		if err := res.count(s); err != nil {
			return err
		}
	}
	var err error
	if res.Index, err = index.For(s).Check(); err != nil { // in use: listings work without the index
		c.Notef("%v\n", err)
		err = nil
	}
	if mountErr == nil && (k.Runs || k.Repair) {
		if res.Problems, err = k.examine(ctx, s); err != nil && res.Problems == nil {
			return err
		}
	}
	if mountErr == nil && k.Space {
		if res.Space, err = space(s); err != nil {
			return err
		}
	}
	switch {
	case k.JSON:
		if err := c.WriteJSON(res); err != nil {
			return err
		}
	case k.NoInfo:
		if res.Index.Damaged {
			c.Printf("index: %s\n", indexText(res.Index))
		}
		printProblems(c, res.Problems)
	default:
		res.print(c)
		c.Table(k.details())
		printProblems(c, res.Problems)
	}
	if mountErr != nil {
		return mountErr
	}
	if err != nil {
		return err
	}
	return problemsLeft(res.Problems)
}

func (k *Check) examine(ctx context.Context, s *runs.Store) ([]check.Problem, error) {
	found, err := check.Store(ctx, s)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return []check.Problem{}, nil
	}
	if !k.Repair {
		return found, nil
	}
	return check.Repair(ctx, s, found)
}

// examineMount examines the file system of root. It returns nil if root does not exist yet.
func examineMount(ctx context.Context, c *console.Console, root string) (*mount.Report, error) {
	const patience = 2 * time.Second
	defer time.AfterFunc(patience, func() { c.Notef("Waiting for the file system of %s (Ctrl-C to give up)\n", root) }).Stop()
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the guild program: %w", err)
	}
	report, err := mount.Check(ctx, root, []string{exe, "sys", "probe-locks"})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return &report, err
}

func (res *checked) count(s *runs.Store) error {
	all, err := catalog.New(s, nil).List()
	if err != nil {
		return err
	}
	staged, err := s.Staged(nil)
	if err != nil {
		return err
	}
	deleted, err := s.Deleted()
	if err != nil {
		return err
	}
	count := func(n int) *int { return &n }
	res.Runs, res.Staged, res.Deleted = count(len(all)), count(len(staged)), count(len(deleted))
	return nil
}

// places returns the rows about programs and directories.
func (res *checked) places() [][]string {
	python := "none on PATH: operations in Python cannot run"
	if res.Python != "" {
		python = res.PythonVersion + " " + listing.Tilde(res.Python)
	}
	return [][]string{{"guild:", res.Version}, {"python:", python}, {"home:", listing.Tilde(res.Home)}, {"runs:", listing.Tilde(res.Root)}}
}

// programs are the programs that operations and commands may use besides Python.
var programs = [...]string{"git", "jupyter", "quarto", "Rscript", "tensorboard", "nvidia-smi", "sbatch"}

// details returns the rows that --verbose adds.
func (k *Check) details() [][]string {
	if !k.Verbose {
		return nil
	}
	rows := [][]string{{"platform:", fmt.Sprintf("%s %s, %d CPUs", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())}}
	for _, name := range programs {
		place, err := exec.LookPath(name)
		if err != nil {
			place = "not on PATH"
		}
		rows = append(rows, []string{name + ":", listing.Tilde(place)})
	}
	for i, p := range k.About.Packages {
		rows = append(rows, []string{map[bool]string{true: "packages:"}[i == 0], p})
	}
	return rows
}

func (res *checked) print(c *console.Console) {
	rows := res.places()
	if res.Runs != nil {
		rows = append(rows, []string{"", fmt.Sprintf("%d run(s), %d staged, %d in the trash", *res.Runs, *res.Staged, *res.Deleted)})
	}
	if m := res.Mount; m == nil {
		rows = append(rows, []string{"file system:", "there are no runs yet"})
	} else {
		rows = append(rows, []string{"file system:", fmt.Sprintf("%s (%s)", m.Type, m.Kind)}, []string{"locks:", lockText(m)})
		if m.Note != "" {
			rows = append(rows, []string{"note:", m.Note})
		}
	}
	if res.Index.Path != "" {
		rows = append(rows, []string{"index:", indexText(res.Index)})
	}
	if res.Problems != nil && len(res.Problems) == 0 {
		rows = append(rows, []string{"problems:", "none"})
	}
	for i, name := range spaces {
		if res.Space != nil {
			rows = append(rows, []string{map[bool]string{true: "space:"}[i == 0], publish.Size(res.Space[name]) + " " + name})
		}
	}
	c.Table(rows)
}

func indexText(i index.Condition) string {
	if i.Damaged {
		return "it was damaged and has been removed: the next listing reads the runs again (" + listing.Tilde(i.Path) + ")"
	}
	return fmt.Sprintf("sound, %d run(s)", i.Runs)
}

func printProblems(c *console.Console, problems []check.Problem) {
	for _, p := range problems {
		what := "found"
		if p.Mended {
			what = "mended"
		}
		if p.Run != "" {
			what += " in run " + runs.Named(p.Run, "").ShortID()
		}
		c.Printf("%s: %s\n  %s\n", console.OneLine(what), console.OneLine(p.Text), console.OneLine(p.Path))
	}
}

// spaces are the parts of a home.
var spaces = [...]string{"runs", "trash", "archives", "cache"}

// space returns how many bytes the files in each part of the home have.
func space(s *runs.Store) (map[string]int64, error) {
	used := map[string]int64{}
	for i, dir := range []string{s.Root(), s.TrashDir(), filepath.Join(s.Home(), "archives"), s.CacheDir()} {
		size, err := runfiles.Size(dir)
		if err != nil {
			return nil, fmt.Errorf("space of %s: %w", dir, err)
		}
		used[spaces[i]] = size
	}
	return used, nil
}

func lockText(m *mount.Report) string {
	switch {
	case m.Kind == mount.Local:
		return "reach all that use this disk"
	case m.LocksAcrossHosts == mount.No:
		return "do not reach other hosts"
	case m.LocksAcrossHosts != mount.Yes:
		return "it is unknown whether they reach other hosts"
	case m.Slow:
		return fmt.Sprintf("reach all hosts, slowly (%s)", m.LockTime.Round(time.Millisecond))
	}
	return "reach all hosts"
}

// problemsLeft returns an error that says what is left to do.
func problemsLeft(problems []check.Problem) error {
	left, mendable := 0, 0
	for _, p := range problems {
		if p.Mended {
			continue
		}
		left++
		if p.Mendable() {
			mendable++
		}
	}
	switch {
	case left == 0:
		return nil
	case mendable > 0:
		return fmt.Errorf("%d problem(s): 'guild check --repair' mends %d of them, if no owner is in the way", left, mendable)
	}
	return fmt.Errorf("%d problem(s), which only you can decide about", left)
}
