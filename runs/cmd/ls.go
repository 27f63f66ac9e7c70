package cmd

import (
	"path/filepath"

	"guild/runs"
	"guild/runs/console"
	"guild/runs/filter"
)

// Ls lists the files of a run.
type Ls struct {
	filter.Flags
	Spec         string `arg:"" optional:"" name:"run" help:"Index of the run in the list, or the start of its id. Default: the latest." complete:"run"`
	Path         string `short:"p" placeholder:"PATH" help:"The file or directory PATH and what is below it; may have the wildcards of a shell." complete:"run-file"`
	All          bool   `short:"a" help:"Hidden files too."`
	FollowLinks  bool   `short:"L" name:"follow-links" help:"What linked directories hold too."`
	FullPath     bool   `short:"f" name:"full-path" help:"Absolute paths."`
	NoFormat     bool   `short:"n" name:"no-format" help:"Paths only, without heading and indentation."`
	Sourcecode   bool   `short:"s" help:"Source code files."`
	Dependencies bool   `short:"d" help:"Files that were resolved for dependencies."`
	Generated    bool   `short:"g" help:"Files that the run generated."`
}

// Run writes a line per file, in the order of their paths.
func (l *Ls) Run(c *console.Console, s *runs.Store) error {
	f, err := l.Filter()
	if err != nil {
		return err
	}
	r, err := filter.Latest(s, f, l.Spec)
	if err != nil {
		return err
	}
	files, err := l.files(r)
	if err != nil {
		return err
	}
	margin := ""
	switch {
	case l.FullPath:
		for i, path := range files {
			files[i] = r.Dir + string(filepath.Separator) + filepath.FromSlash(path)
		}
	case !l.NoFormat:
		c.Printf("%s:\n", tilde(r.Dir))
		margin = "  "
	}
	for _, path := range files {
		c.Printf("%s%s\n", margin, path)
	}
	return nil
}

// files are the paths to show, relative, with slashes, those of directories ending in one.
func (l *Ls) files(r *runs.Run) ([]string, error) {
	found, err := walk(r.Dir, l.FollowLinks)
	if err != nil {
		return nil, err
	}
	kinds, err := newKinds(r)
	if err != nil {
		return nil, err
	}
	pattern := newPathPattern(l.Path)
	var paths []string
	for _, f := range found {
		byKind := l.Sourcecode || l.Dependencies || l.Generated
		if !pattern.match(f.path, l.All || byKind) || byKind && !l.wantKind(f, kinds) {
			continue
		}
		if f.dir {
			f.path += "/"
		}
		paths = append(paths, f.path)
	}
	return paths, nil
}

func (l *Ls) wantKind(f file, k *kinds) bool {
	kind, listed := k.of(f.path)
	if f.dir && !listed { // of directories only those that were linked or copied as a whole
		return false
	}
	switch kind {
	case runs.SourceEntry:
		return l.Sourcecode
	case runs.DepEntry:
		return l.Dependencies
	}
	return l.Generated && !f.dir && !isGuildFile(f.path)
}
