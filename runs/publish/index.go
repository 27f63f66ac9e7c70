package publish

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"guild/runs/made"
	"guild/runs/plainfile"
	"guild/runs/pyyaml"
	"guild/runs/replace"
)

// Index is the template of the page that lists all reports.
type Index struct {
	template *Template
	file     string
}

// DefaultIndex returns the built-in index template.
func DefaultIndex() (*Index, error) { return indexIn("default index", builtinDir("index"), mainPage) }

// IndexOf returns the index template in a file, or in the README.md of a directory. Files beside it whose names begin with an underscore
// are parts that it can include.
func IndexOf(name string) (*Index, error) {
	file := name
	if st, err := os.Stat(name); err == nil && st.IsDir() {
		file = filepath.Join(name, mainPage)
	}
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("index template '%s' does not exist", file)
	}
	dir := filepath.Dir(file)
	return indexIn(dir, os.DirFS(dir), filepath.Base(file))
}

func indexIn(name string, dir fs.FS, file string) (*Index, error) {
	t, err := parse(name, dir, file)
	return &Index{t, file}, err
}

// Write writes the index of the reports below dir, with the latest started run first.
func (x *Index) Write(dir string) error {
	if err := x.write(dir); err != nil {
		return fmt.Errorf("index of the published runs: %w", err)
	}
	return nil
}

func (x *Index) write(dir string) error {
	reports, err := published(dir)
	if err != nil {
		return err
	}
	if err := replace.File(filepath.Join(dir, mainPage), func(w io.Writer) error {
		return x.template.pages[x.file].Execute(w, map[string]any{"runs": reports})
	}); err != nil {
		return err
	}
	record, err := made.In(dir)
	if err != nil {
		return err
	}
	return record.Add(mainPage)
}

// published returns the content of run.yml of each report below dir.
func published(dir string) ([]map[string]any, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var reports []map[string]any
	for _, e := range entries {
		data, err := plainfile.Read(filepath.Join(dir, e.Name(), runFile))
		if e.Name()[0] == '.' || !e.IsDir() || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		v, err := pyyaml.Decode(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(e.Name(), runFile), err)
		}
		report := map[string]any{}
		if said, ok := v.(map[string]any); ok {
			report = said
		}
		// Convert these to texts, so that a template shows an empty text for a missing one.
		for _, name := range []string{"id", "operation", "started", "stopped", "time", "status", "label", "command", "marked"} {
			report[name] = text(report[name])
		}
		reports = append(reports, report)
	}
	slices.SortFunc(reports, func(a, b map[string]any) int { return cmp.Compare(epoch(b), epoch(a)) })
	return reports, nil
}

func epoch(report map[string]any) int {
	n, _ := report["started_epoch"].(int)
	return n
}
