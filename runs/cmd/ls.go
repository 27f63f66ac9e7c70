package cmd

import (
	"os"
	"path/filepath"
	"strings"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/filter"
	"guild/runs/listing"
	"guild/runs/manifest"
	"guild/runs/runfiles"
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
	JSON         bool   `name:"json" help:"As a JSON list of objects: path (relative to the run directory), directory (whether it is one), size (bytes, null for a directory or a link that leads nowhere), kind (sourcecode, dependency, generated, or null for guild's own files and directories)."`
}

// Run writes a line per file, in the order of their paths.
func (l *Ls) Run(c *console.Console, s *catalog.Catalog) error {
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
	if l.JSON {
		return c.WriteJSON(jsonFiles(r, files))
	}
	margin := ""
	switch {
	case l.FullPath:
		for i := range files {
			files[i].path = r.Dir + string(filepath.Separator) + filepath.FromSlash(files[i].path)
		}
	case !l.NoFormat:
		c.Printf("%s:\n", console.Line(listing.Tilde(r.Dir)))
		margin = "  "
	}
	for _, f := range files {
		if l.NoFormat || l.FullPath {
			c.Data(f.path)
		} else {
			c.Printf("%s%s\n", margin, console.Line(f.path))
		}
	}
	return nil
}

// listed is a file to show.
type listed struct {
	path string // relative, with slashes; the path of a directory ends with one
	kind string // of its manifest entry, or empty
}

// files returns the files to show.
func (l *Ls) files(r *runs.Run) ([]listed, error) {
	found, err := runfiles.List(r.Dir, l.FollowLinks)
	if err != nil {
		return nil, err
	}
	kinds, err := manifest.KindsOf(r)
	if err != nil {
		return nil, err
	}
	pattern := newPathPattern(l.Path)
	var files []listed
	for _, f := range found {
		byKind := l.Sourcecode || l.Dependencies || l.Generated
		if !pattern.match(f.Path, l.All || byKind) || byKind && !l.wantKind(f, kinds) {
			continue
		}
		kind, _ := kinds.Of(f.Path)
		if f.Dir {
			f.Path += "/"
		}
		files = append(files, listed{f.Path, kind})
	}
	return files, nil
}

// jsonFile is the JSON form of a file, which is stable.
type jsonFile struct {
	Path      string  `json:"path"`
	Directory bool    `json:"directory"`
	Size      *int64  `json:"size"`
	Kind      *string `json:"kind"`
}

func jsonFiles(r *runs.Run, files []listed) []jsonFile {
	out := make([]jsonFile, len(files))
	for i, f := range files {
		path, dir := strings.CutSuffix(f.path, "/")
		out[i] = jsonFile{Path: path, Directory: dir}
		if st, err := os.Stat(r.Path(filepath.FromSlash(path))); err == nil && !dir {
			size := st.Size()
			out[i].Size = &size
		}
		kind := "generated"
		switch {
		case f.kind == manifest.Source:
			kind = "sourcecode"
		case f.kind == manifest.Dependency:
			kind = "dependency"
		case dir || runfiles.IsGuilds(path):
			continue
		}
		out[i].Kind = &kind
	}
	return out
}

func (l *Ls) wantKind(f runfiles.File, k *manifest.Kinds) bool {
	kind, listed := k.Of(f.Path)
	if f.Dir && !listed { // of directories only those that were linked or copied as a whole
		return false
	}
	switch kind {
	case manifest.Source:
		return l.Sourcecode
	case manifest.Dependency:
		return l.Dependencies
	}
	return l.Generated && !f.Dir && !runfiles.IsGuilds(f.Path)
}
