package listing

import (
	"os"
	"path/filepath"
	"strings"

	"guild/runs/console"
)

// projectMark returns the project directory of a run for a listing: nothing for the current directory, a relative path for a near one
// (below the current directory, or at most as far away as its parent), otherwise the shortened absolute path.
func projectMark(project, cwd string) string {
	if project == "" || project == cwd {
		return ""
	}
	parent := filepath.Dir(cwd)
	if project == parent {
		return "../"
	}
	if rel, ok := below(project, cwd); ok {
		return shorten(rel, maxMark)
	}
	if rel, ok := below(project, parent); ok && parent != string(filepath.Separator) {
		return shorten(filepath.Join("..", rel), maxMark)
	}
	return shorten(Tilde(project), maxMark)
}

const maxMark = 28 // columns

func below(path, dir string) (rel string, ok bool) {
	return strings.CutPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

// Tilde shortens a path in the user's home directory: it begins with ~, as shells read it.
func Tilde(path string) string {
	home, err := os.UserHomeDir()
	if err != nil || home == "" || home == string(filepath.Separator) {
		return path
	}
	if path == home {
		return "~"
	}
	if rel, ok := below(path, home); ok {
		return filepath.Join("~", rel)
	}
	return path
}

// shorten replaces segments in the middle of a path that is wider than limit columns by an ellipsis. The last segment always stays, and in
// a relative path the first one too; other segments are kept alternately from both ends as long as they fit.
func shorten(path string, limit int) string {
	const sep = string(filepath.Separator)
	if console.Columns(path) <= limit {
		return path
	}
	root, rest := "", path
	if strings.HasPrefix(path, sep) {
		root, rest = sep, strings.TrimLeft(path, sep)
	}
	segments := strings.FieldsFunc(rest, func(r rune) bool { return r == filepath.Separator })
	if len(segments) < 2 {
		return path
	}
	head, tail := 0, 1
	if root == "" {
		head = 1
	}
	join := func(head, tail int) string {
		parts := append([]string{}, segments[:head]...)
		parts = append(parts, "…")
		parts = append(parts, segments[len(segments)-tail:]...)
		return root + strings.Join(parts, sep)
	}
	for fromHead := head == 0; head+tail < len(segments)-1; fromHead = !fromHead {
		h, t := head, tail
		if fromHead {
			h++
		} else {
			t++
		}
		if console.Columns(join(h, t)) > limit {
			break
		}
		head, tail = h, t
	}
	short := join(head, tail)
	if console.Columns(short) >= console.Columns(path) {
		return path
	}
	return short
}
