package resolve

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"guild/opdef/resource"
)

// selectFiles returns the files and directories below dir whose complete relative path matches one of the patterns; without patterns, the
// entries of dir except guild's own.
func selectFiles(dir string, patterns []resource.Select) ([]file, error) {
	var rels []string
	var err error
	if len(patterns) == 0 {
		rels, err = namesIn(dir)
	} else if rels, err = allPaths(dir); err == nil {
		rels, err = matching(rels, patterns)
	}
	if err != nil {
		return nil, err
	}
	found := make([]file, len(rels))
	for i, rel := range rels {
		found[i] = within(dir, filepath.Join(dir, filepath.FromSlash(rel)))
	}
	return found, nil
}

// namesIn lists a directory, sorted, without guild's own entries.
func namesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".guild") {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// allPaths lists everything below dir, sorted, with slashes. It does not follow links.
func allPaths(dir string) ([]string, error) {
	var rels []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if rel, err := filepath.Rel(dir, path); err == nil && rel != "." {
			rels = append(rels, filepath.ToSlash(rel))
		}
		return nil
	})
	slices.Sort(rels)
	return rels, err
}

// matching returns the paths that match a pattern, each once and in order.
func matching(rels []string, patterns []resource.Select) ([]string, error) {
	chosen := map[string]bool{}
	for _, p := range patterns {
		re, err := regexp.Compile("^(?:" + p.Pattern + ")$")
		if err != nil {
			return nil, fmt.Errorf("select '%s': %w", p.Pattern, err)
		}
		best, bestValue := "", 0.0
		for _, rel := range rels {
			m := re.FindStringSubmatch(rel)
			switch {
			case m == nil:
			case p.Reduce == "":
				chosen[rel] = true
			case len(m) > 1:
				v, err := strconv.ParseFloat(m[1], 64)
				if err == nil && (best == "" || p.Reduce == "min" && v < bestValue || p.Reduce == "max" && v > bestValue) {
					best, bestValue = rel, v
				}
			}
		}
		if best != "" {
			chosen[best] = true
		}
	}
	var out []string
	for _, rel := range rels {
		if chosen[rel] {
			out = append(out, rel)
		}
	}
	return out, nil
}
