package grammar

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Candidate is a possible completion of a word.
type Candidate struct {
	Text string // the completed value, command or option
	Help string // a short description, or empty
}

// Candidates returns the completions that the grammar knows by itself: commands, options, files, directories and programs.
func (p *Point) Candidates() []Candidate {
	var list []Candidate
	if p.Option {
		for _, o := range p.Command.Options() {
			for _, name := range o.Names {
				// After a lone dash only long options are offered, since their names say what they do.
				if !o.Hidden && strings.HasPrefix(name, p.Word) && (p.Word != "-" || strings.HasPrefix(name, "--")) {
					list = append(list, Candidate{name, o.Help})
				}
			}
		}
		return list
	}
	if len(p.Args) == 0 && p.Lead == "" && len(p.Command.Commands) > 0 && (p.Arg >= 0 || p.Kind == "") {
		for _, c := range p.Command.Commands {
			if !c.Hidden {
				list = append(list, Candidate{c.Name, c.Help})
			}
		}
	}
	kind, rest, _ := strings.Cut(p.Kind, ":")
	switch kind {
	case "one-of":
		for text := range strings.SplitSeq(rest, ",") {
			list = append(list, Candidate{Text: text})
		}
	case "dir":
		list = append(list, Files(".", p.Prefix())...)
	case "file":
		list = append(list, Files(".", p.Prefix(), strings.Split(rest, ",")...)...)
	case "command":
		list = append(list, programs(p.Prefix())...)
	}
	return p.Matching(list)
}

// Matching returns the candidates that begin with what the user has typed.
func (p *Point) Matching(list []Candidate) []Candidate {
	return slices.DeleteFunc(list, func(c Candidate) bool { return !strings.HasPrefix(c.Text, p.Prefix()) })
}

// Files returns the directories, and the files that match one of the patterns, whose paths begin with prefix. prefix is absolute or
// relative to dir. Directories end with a slash. Hidden files are included only if the last part of prefix begins with a dot.
func Files(dir, prefix string, patterns ...string) []Candidate {
	in, base := filepath.Split(prefix)
	look := in
	if rest, ok := strings.CutPrefix(in, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			look = filepath.Join(home, rest)
		}
	}
	if !filepath.IsAbs(look) {
		look = filepath.Join(dir, look)
	}
	entries, _ := os.ReadDir(look) // an unreadable directory has no completions
	var list []Candidate
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, base) || name[0] == '.' && base == "" {
			continue
		}
		isDir := e.IsDir()
		if e.Type()&os.ModeSymlink != 0 {
			st, err := os.Stat(filepath.Join(look, name))
			isDir = err == nil && st.IsDir()
		}
		if isDir {
			list = append(list, Candidate{Text: in + name + "/"})
		} else if matchesAny(name, patterns) {
			list = append(list, Candidate{Text: in + name})
		}
	}
	return list
}

func matchesAny(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := filepath.Match(p, name)
		return ok && err == nil
	})
}

// programs returns the executable files on PATH.
func programs(prefix string) []Candidate {
	var list []Candidate
	if prefix == "" || strings.Contains(prefix, "/") {
		return list
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			if !strings.HasPrefix(e.Name(), prefix) {
				continue
			}
			if st, err := os.Stat(filepath.Join(dir, e.Name())); err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 {
				list = append(list, Candidate{Text: e.Name()})
			}
		}
	}
	slices.SortFunc(list, func(a, b Candidate) int { return strings.Compare(a.Text, b.Text) })
	return slices.Compact(list)
}
