package cmd

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"guild/opdef/userconfig"
	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/manifest"
	"guild/runs/opref"
)

// RunsDiff shows the differences of two runs with a diff program.
type RunsDiff struct {
	filter.Flags
	Specs      []string `arg:"" optional:"" name:"run" help:"Two runs: indexes, starts of ids, or o:OPERATION. Default: the latest two. With --working or --dir at most one." complete:"run"`
	All        bool     `short:"A" help:"Output, all other files, and all that is recorded, too. Without options it is flags, scalars, attributes and source code that are compared."`
	Output     bool     `short:"O" help:"What they printed."`
	Sourcecode bool     `short:"s" help:"Their source code."`
	Env        bool     `short:"e" help:"Their environments."`
	FlagValues bool     `short:"f" name:"flags" help:"Their flags."`
	Attrs      bool     `short:"a" help:"Their attributes, as the files that hold them."`
	Deps       bool     `short:"D" help:"Their dependencies."`
	Paths      []string `short:"p" name:"path" sep:"none" placeholder:"PATH" help:"The file or directory PATH of both. May be repeated." complete:"run-file"`
	Working    bool     `short:"w" help:"The source code of a run, and what its project has now."`
	Dir        string   `short:"d" placeholder:"PATH" help:"A run, and the directory PATH." complete:"dir"`
	Cmd        string   `short:"c" placeholder:"CMD" help:"The program, which gets the two paths, those of the run directories where no option names something in them. Default: diff: {command: CMD} in the user configuration, or the first that there is of meld, xxdiff -r, colordiff -ru and diff -ru." complete:"command"`
}

// pair of paths to compare.
type pair [2]string

// Run calls the program once for each thing to compare.
func (k *RunsDiff) Run(ctx context.Context, c *console.Console, s *catalog.Catalog) error {
	if err := exclude(c, "diff", option{"working", k.Working}, option{"dir", k.Dir != ""}); err != nil {
		return err
	}
	f, err := k.Filter()
	if err != nil {
		return err
	}
	program := k.Cmd
	if program == "" {
		config, err := userconfig.Load(userconfig.Find(".", s.Home(), os.Getenv))
		if err != nil {
			return err
		}
		if program = config.Diff; program == "" {
			program = differ()
		}
	}
	if k.All || k.Cmd == "" && !k.namesPart() {
		return k.views(ctx, c, s, f, program)
	}
	var pairs []pair
	if k.Working || k.Dir != "" {
		pairs, err = k.withDir(c, s, f)
	} else {
		pairs, err = k.withRun(c, s, f)
	}
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if err := runProgram(ctx, c, program, "", p[0], p[1]); err != nil {
			return err
		}
	}
	return nil
}

// namesPart reports whether an option says what of the runs is to be compared.
func (k *RunsDiff) namesPart() bool {
	return k.Output || k.Sourcecode || k.Env || k.FlagValues || k.Attrs || k.Deps || len(k.Paths) > 0 || k.Working || k.Dir != ""
}

// views compares the relevant parts of two runs, or all parts.
func (k *RunsDiff) views(ctx context.Context, c *console.Console, s *catalog.Catalog, f *filter.Filter, program string) error {
	if k.namesPart() {
		return refuse(c, "--all compares everything, so that no other option can say what is compared", seeHelp("diff"))
	}
	a, b, err := k.two(c, s, f)
	if err != nil {
		return err
	}
	v, err := newDiffView(k.All)
	if err != nil {
		return err
	}
	defer v.close()
	first, err := v.add(a)
	if err != nil {
		return err
	}
	second, err := v.add(b)
	if err != nil {
		return err
	}
	return runProgram(ctx, c, program, v.dir, first, second)
}

func differ() string {
	list := []string{"meld", "xxdiff -r", "colordiff -ru"}
	if runtime.GOOS == "darwin" {
		list = []string{"ksdiff", "meld", "colordiff -ru"}
	}
	for _, command := range list {
		name, _, _ := strings.Cut(command, " ")
		if _, err := exec.LookPath(name); err == nil {
			return command
		}
	}
	return "diff -ru"
}

// withDir compares a run with a directory that is not a run.
func (k *RunsDiff) withDir(c *console.Console, s *catalog.Catalog, f *filter.Filter) ([]pair, error) {
	name := "dir"
	if k.Working {
		name = "working"
	}
	if len(k.Specs) > 1 {
		return nil, fmt.Errorf("cannot specify second RUN and --%s", name)
	}
	r, err := filter.Latest(s, f, strings.Join(k.Specs, ""))
	if err != nil {
		return nil, err
	}
	from, to := r.Dir, k.Dir
	if k.Working {
		ref := r.Opref()
		if ref.PkgType != opref.Script && ref.PkgType != opref.Guildfile {
			return nil, refuse(c, "cannot find the source code that run "+r.ShortID()+" was made from",
				"Say where it is with 'guild diff --sourcecode --dir DIR'.")
		}
		to = filepath.Join(ref.Dir(), filepath.FromSlash(sourceRoot(r)))
	}
	if k.Working || k.Sourcecode {
		from = sourceDir(r)
	}
	return k.below(from, to), nil
}

func (k *RunsDiff) below(a, b string) []pair {
	if len(k.Paths) == 0 {
		return []pair{{a, b}}
	}
	pairs := make([]pair, len(k.Paths))
	for i, path := range k.Paths {
		pairs[i] = pair{joined(a, path), joined(b, path)}
	}
	return pairs
}

// joined joins a path to a directory, which stays as the user typed it.
func joined(dir, path string) string {
	return strings.TrimSuffix(dir, string(filepath.Separator)) + string(filepath.Separator) + filepath.FromSlash(path)
}

// two returns the runs that are to be compared.
func (k *RunsDiff) two(c *console.Console, s *catalog.Catalog, f *filter.Filter) (a, b *runs.Run, err error) {
	specs := k.Specs
	if len(specs) == 0 {
		specs = []string{"2", "1"}
	}
	if len(specs) != 2 {
		return nil, nil, refuse(c, "diff requires two runs", "Try specifying a second RUN or 'guild diff --help' for more information.")
	}
	if a, err = filter.Latest(s, f, specs[0]); err == nil {
		b, err = filter.Latest(s, f, specs[1])
	}
	return a, b, err
}

func (k *RunsDiff) withRun(c *console.Console, s *catalog.Catalog, f *filter.Filter) ([]pair, error) {
	a, b, err := k.two(c, s, f)
	if err != nil {
		return nil, err
	}
	var pairs []pair
	file := func(elem ...string) { pairs = append(pairs, pair{a.GuildPath(elem...), b.GuildPath(elem...)}) }
	for _, part := range []struct {
		wanted bool
		option string
		name   string
	}{{k.Env, "--env", "env"}, {k.FlagValues, "--flags", "flags"}, {k.Deps, "--deps", "deps"}} {
		switch {
		case part.wanted && k.Attrs:
			c.Notef("WARNING: ignoring %s (already included in --attrs)\n", part.option)
		case part.wanted:
			file("attrs", part.name)
		}
	}
	if k.Attrs {
		file("attrs")
	}
	if k.Output {
		file("output")
	}
	switch {
	case k.Sourcecode:
		pairs = append(pairs, k.below(sourceDir(a), sourceDir(b))...)
	case len(k.Paths) > 0 || len(pairs) == 0:
		pairs = append(pairs, k.below(a.Dir, b.Dir)...)
	}
	return pairs, nil
}

// sourceRoot returns the directory of the project that source code was copied from.
func sourceRoot(r *runs.Run) string { return sourceAttr(r, "root") }

func sourceAttr(r *runs.Run, name string) string {
	attr, _ := r.Attr("op")
	op, _ := attr.(map[string]any)
	place, _ := op["sourcecode"].(map[string]any)
	dir, _ := place[name].(string)
	return dir
}

// sourceDir returns the directory of a run that has its source code: what the run says, or the deepest one that all of it is in
// under the name that it has in the project.
func sourceDir(r *runs.Run) string {
	if dest := sourceAttr(r, "dest"); dest != "" {
		return r.Path(filepath.FromSlash(dest))
	}
	entries, _ := manifest.Of(r)
	i := slices.IndexFunc(entries, func(e manifest.Entry) bool { return e.Kind == manifest.Source && len(e.Source) > 0 })
	if i < 0 {
		return r.Dir
	}
	dest, ok := strings.CutSuffix(entries[i].Path, "/"+entries[i].Source[0])
	if !ok {
		return r.Dir
	}
	return r.Path(filepath.FromSlash(dest))
}
