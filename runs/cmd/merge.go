package cmd

import (
	"fmt"
	"os"
	"strings"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/listing"
	"guild/runs/merge"
	"guild/runs/opref"
	"guild/runs/runfiles"
)

// Merged has the options for the run and its files that are copied.
type Merged struct {
	filter.Flags
	Spec           string   `arg:"" optional:"" name:"run" help:"Index of the run in the list, the start of its id, or o:OPERATION. Default: the latest." complete:"run"`
	TargetDir      string   `short:"t" name:"target-dir" placeholder:"DIR" help:"The directory to copy to. Default: the current one, which must be the project of the run." complete:"dir"`
	Sourcecode     bool     `short:"s" xor:"source" help:"Source code only."`
	All            bool     `short:"a" help:"What the operation generated too."`
	SkipSourcecode bool     `short:"S" name:"skip-sourcecode" xor:"source" help:"No source code."`
	SkipDeps       bool     `short:"D" name:"skip-deps" help:"No dependencies."`
	Exclude        []string `short:"x" sep:"none" placeholder:"PATTERN" help:"No files whose path or name matches PATTERN. May be repeated."`
	Preview        bool     `short:"p" help:"Show what would be copied, and why the rest would not."`
	Yes            bool     `short:"y" help:"Do not ask."`
	Replace        bool     `xor:"replace" help:"Replace files even if their content is lost by that."`
	NoReplace      bool     `name:"no-replace" xor:"replace" help:"Replace no file, not even one that git could bring back."`
}

// RunsMerge copies files of a run to a project.
type RunsMerge struct{ Merged }

// Run copies the files. It returns an error if changes in files of the project would be lost.
func (k *RunsMerge) Run(c *console.Console, s *catalog.Catalog) error {
	r, target, plan, err := k.prepare(c, s)
	if err != nil {
		return err
	}
	if err := k.checkReplaced(c, plan, target); err != nil {
		return err
	}
	if len(plan.Copy) == 0 && !k.Preview {
		c.Notef("Nothing to copy for the following run:\n")
		listing.Preview(&console.Console{Out: c.Err, Terminal: c.OnTerminal()}, []*runs.Run{r})
		c.Notef("Try 'guild merge --preview' for a list of skipped files.\n")
		return nil
	}
	if r.Status() == runs.Running {
		c.Notef("WARNING: run %s is running: its files are copied as they are now\n", r.ShortID())
	}
	if k.Preview || !k.Yes {
		k.show(c, r, plan, target)
		if k.Preview {
			return nil
		}
		if ok, err := c.Confirm("Continue?", false); err != nil || !ok {
			return err
		}
	}
	return plan.Apply(func(f merge.File) { c.Notef("Copying %s\n", f.Target) })
}

// prepare finds the run and the target directory, and plans the copies.
func (k *Merged) prepare(c *console.Console, s *catalog.Catalog) (r *runs.Run, target string, plan *merge.Plan, err error) {
	f, err := k.Filter()
	if err != nil {
		return nil, "", nil, err
	}
	if r, err = filter.Latest(s, f, k.Spec); err != nil {
		return nil, "", nil, err
	}
	if target, err = k.target(c, r); err != nil {
		return nil, "", nil, err
	}
	plan, err = k.plan(r, target)
	return r, target, plan, err
}

func (k *Merged) plan(r *runs.Run, target string) (*merge.Plan, error) {
	found, err := runfiles.List(r.Dir, true)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, f := range found {
		if !f.Dir {
			files = append(files, f.Path)
		}
	}
	return merge.New(r, files, target, merge.Options{
		Generated: k.All, SkipSourcecode: k.SkipSourcecode, SkipDeps: k.SkipDeps || k.Sourcecode, Exclude: k.Exclude,
	})
}

// target returns the directory to copy to. The current one is safe only where the run comes from it.
func (k *Merged) target(c *console.Console, r *runs.Run) (string, error) {
	if k.TargetDir != "" {
		return k.TargetDir, nil
	}
	cwd, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the current directory: %w", err)
	}
	ref := r.Opref()
	switch {
	case ref.PkgType != opref.Guildfile && ref.PkgType != opref.Script:
		return "", refuse(c, fmt.Sprintf("run %s does not originate from a project - cannot merge to the current directory by default", r.ID),
			"Use --target-dir to skip this check or try 'guild merge --help' for more information.")
	case ref.PkgName == "":
		return "", refuse(c, fmt.Sprintf("unexpected missing project directory for run %s (%s)", r.ID, ref),
			"Skip this check by using --target-dir")
	case !sameDir(cwd, ref.Dir()):
		return "", refuse(c, fmt.Sprintf("run %s was created from a different project (%s) - cannot merge to the current directory by default",
			r.ID, listing.Tilde(ref.Dir())),
			"Use '--target-dir .' to override this check or try 'guild merge --help' for more information.")
	}
	return cwd, nil
}

func sameDir(a, b string) bool {
	sa, err := os.Stat(a)
	if err != nil {
		return false
	}
	sb, err := os.Stat(b)
	return err == nil && os.SameFile(sa, sb)
}

// lost returns the files that would be replaced and could not be recovered: those with changes that git does not have, or else all existing
// ones.
func (k *Merged) lost(plan *merge.Plan, target string) (replaced, unstaged []string, err error) {
	replaced = plan.Replaced()
	if k.Replace || len(replaced) == 0 {
		return nil, nil, nil
	}
	if !k.NoReplace {
		g, ok, err := merge.ReadGit(target)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			if unknown, unstaged := g.Lost(replaced); len(unknown) == 0 {
				return nil, unstaged, nil
			}
		}
	}
	return replaced, nil, nil
}

// checkReplaced returns an error if files would be replaced that could not be recovered.
func (k *RunsMerge) checkReplaced(c *console.Console, plan *merge.Plan, target string) error {
	replaced, unstaged, err := k.lost(plan, target)
	where := describeDir(target)
	switch {
	case err != nil:
		return err
	case len(unstaged) > 0:
		return refuse(c, fmt.Sprintf("files in %s have unstaged changes:\n  %s", where, strings.Join(unstaged, "\n  ")),
			"Stage or stash these changes or use --replace to skip this check.")
	case len(replaced) > 0:
		return refuse(c, fmt.Sprintf("files in %s would be replaced:\n  %s", where, strings.Join(replaced, "\n  ")),
			"Use --replace to skip this check.")
	}
	return nil
}

func describeDir(dir string) string {
	if cwd, err := os.Getwd(); err == nil && sameDir(dir, cwd) {
		return "the current directory"
	}
	return "'" + dir + "'"
}

func (k *RunsMerge) show(c *console.Console, r *runs.Run, plan *merge.Plan, target string) {
	head := "You are about to copy files"
	if k.Preview {
		head = "Merge will copy files"
	}
	c.Printf("%s from the following run to %s:\n", head, describeDir(target))
	listing.Preview(c, []*runs.Run{r})
	c.Printf("Files:\n")
	if len(plan.Copy) == 0 {
		c.Printf("  nothing to copy\n")
	}
	for _, f := range plan.Copy {
		c.Printf("  %s\n", console.OneLine(f.Target))
	}
	switch {
	case len(plan.Skip) == 0:
	case k.Preview:
		rows := make([][]string, len(plan.Skip))
		for i, f := range plan.Skip {
			rows[i] = []string{"  " + console.OneLine(f.Target), f.Reason}
		}
		c.Printf("Skipped:\n")
		c.Table(rows)
	default:
		c.Printf("%d file(s) will not be copied (use --preview to show the full list)\n", len(plan.Skip))
	}
}
