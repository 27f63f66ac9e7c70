package doctest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"guild/doctest/pystar"
)

func (s *session) treeHelpers() map[string]helper {
	return map[string]helper{"find": s.find, "findl": s.findList, "dir": s.listDir}
}

// walk returns the paths below root, relative to it: files, links to directories, and directories if asked for. Links
// are followed if asked for, but not into a directory that is being walked. A root that cannot be read has no paths.
func walk(root string, follow, dirs bool) []string {
	var out []string
	var visit func(dir, rel string, open []string)
	visit = func(dir, rel string, open []string) {
		real, err := filepath.EvalSymlinks(dir)
		if err != nil || slices.Contains(open, real) {
			return
		}
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			path, name := filepath.Join(dir, e.Name()), filepath.Join(rel, e.Name())
			link := e.Type()&os.ModeSymlink != 0
			info, err := os.Stat(path)
			isDir := err == nil && info.IsDir()
			if !isDir || dirs || link {
				out = append(out, name)
			}
			if isDir && (follow || !link) {
				visit(path, name, append(open, real))
			}
		}
	}
	visit(root, "", nil)
	return out
}

func (s *session) find(a arguments) (starlark.Value, error) {
	var root string
	var follow, dirs bool
	var ignore starlark.Value
	if err := a.unpack("root", &root, "followlinks?", &follow, "includedirs?", &dirs, "ignore??", &ignore); err != nil {
		return nil, err
	}
	globs, err := globList(ignore)
	if err != nil {
		return nil, err
	}
	paths := walk(s.resolve(root), follow, dirs)
	paths = slices.DeleteFunc(paths, func(p string) bool { return matchesAny(p, globs) })
	slices.SortStableFunc(paths, naturalCompare)
	if len(paths) == 0 {
		s.print("<empty>\n")
	}
	for _, p := range paths {
		s.print(p, "\n")
	}
	return starlark.None, nil
}

func (s *session) findList(a arguments) (starlark.Value, error) {
	var root string
	var follow, dirs, unsorted bool
	if err := a.unpack("root", &root, "followlinks?", &follow, "includedirs?", &dirs, "unsorted?", &unsorted); err != nil {
		return nil, err
	}
	paths := walk(s.resolve(root), follow, dirs)
	if !unsorted {
		slices.Sort(paths)
	}
	return listOf(paths), nil
}

func (s *session) listDir(a arguments) (starlark.Value, error) {
	path := "."
	var ignore starlark.Value
	if err := a.unpack("path?", &path, "ignore??", &ignore); err != nil {
		return nil, err
	}
	globs, err := globList(ignore)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(s.resolve(path))
	if err != nil {
		return nil, pythonError(err, path)
	}
	var names []string
	for _, e := range entries {
		if !matchesAny(e.Name(), globs) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return listOf(names), nil
}

// globList compiles a shell pattern or a list of them. A star also matches slashes.
func globList(v starlark.Value) ([]*regexp.Regexp, error) {
	list, err := stringList(v)
	if err != nil {
		return nil, err
	}
	var out []*regexp.Regexp
	for _, glob := range list {
		re, err := regexp.Compile(globPattern(glob))
		if err != nil {
			return nil, pystar.Errorf("ValueError", "invalid pattern %s", pystar.Repr(starlark.String(glob)))
		}
		out = append(out, re)
	}
	return out, nil
}

// globPattern writes a shell pattern as a regular expression.
func globPattern(glob string) string {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; c {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		case '[':
			end := setEnd(glob, i+1)
			if end < 0 {
				b.WriteString(`\[`)
				continue
			}
			set := strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `^`, `\^`).Replace(glob[i+1 : end])
			if set[0] == '!' {
				set = "^" + set[1:]
			}
			b.WriteString("[" + set + "]")
			i = end
		default:
			// Bytes of a character beyond ASCII stand for themselves.
			if c < 0x80 {
				b.WriteString(regexp.QuoteMeta(string(rune(c))))
			} else {
				b.WriteByte(c)
			}
		}
	}
	b.WriteString(`\z`)
	return b.String()
}

// setEnd returns the index of the bracket that closes a set whose text starts at i, or -1. A bracket that comes first
// belongs to the set.
func setEnd(glob string, i int) int {
	j := i
	if j < len(glob) && glob[j] == '!' {
		j++
	}
	if j < len(glob) && glob[j] == ']' {
		j++
	}
	if end := strings.IndexByte(glob[min(j, len(glob)):], ']'); end >= 0 {
		return j + end
	}
	return -1
}

var digitRun = pattern(`[0-9]+`)

// naturalCompare orders runs of digits as numbers and other text by code point. Text that starts with a digit comes
// first.
func naturalCompare(a, b string) int {
	for {
		textA, numA, restA := cutNumber(a)
		textB, numB, restB := cutNumber(b)
		if c := strings.Compare(textA, textB); c != 0 {
			return c
		}
		if numA == "" || numB == "" {
			return len(numA) - len(numB)
		}
		if c := compareDigits(numA, numB); c != 0 {
			return c
		}
		a, b = restA, restB
	}
}

// cutNumber splits s into the text in front of its first run of digits, that run, and the rest.
func cutNumber(s string) (text, number, rest string) {
	if loc := digitRun().FindStringIndex(s); loc != nil {
		return s[:loc[0]], s[loc[0]:loc[1]], s[loc[1]:]
	}
	return s, "", ""
}

func compareDigits(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}
