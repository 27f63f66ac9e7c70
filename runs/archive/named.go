package archive

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"guild/runs"
	"guild/runs/plainfile"
)

// Named is an archive below a Guild home, in <home>/archives/<random>. Its name and description are in archive.json.
type Named struct {
	Place
	Description string
}

// record is the content of archive.json, in the form of Guild AI.
type record struct {
	Label       string `json:"label"`
	Description string `json:"description,omitempty"`
}

const recordName = "archive.json"

// ArchivesDir returns the directory of the named archives of a home.
func ArchivesDir(home string) string { return filepath.Join(home, "archives") }

// Names returns the named archives of a home, sorted by name. The name of an archive without a readable archive.json is that of its
// directory.
func Names(home string) ([]Named, error) {
	entries, err := os.ReadDir(ArchivesDir(home))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list archives: %w", err)
	}
	var list []Named
	for _, e := range entries {
		if !e.IsDir() || e.Name()[0] == '.' {
			continue
		}
		dir := filepath.Join(ArchivesDir(home), e.Name())
		var r record
		if data, err := plainfile.Read(filepath.Join(dir, recordName)); err == nil {
			_ = json.Unmarshal(data, &r) // missing values stay empty
		}
		list = append(list, Named{Place{Path: dir, Name: cmp.Or(r.Label, e.Name())}, r.Description})
	}
	slices.SortFunc(list, func(a, b Named) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Path, b.Path)) })
	return list, nil
}

// ByName returns an archive of a home by its name; ok is false if there is none.
func ByName(home, name string) (n Named, ok bool, err error) {
	list, err := Names(home)
	if err != nil {
		return Named{}, false, err
	}
	i := slices.IndexFunc(list, func(n Named) bool { return n.Name == name || filepath.Base(n.Path) == name })
	if i < 0 {
		return Named{}, false, nil
	}
	return list[i], true, nil
}

// Create creates a named archive. It appears with its archive.json, by one rename.
func Create(home, name, description string) (Named, error) {
	data, err := json.Marshal(record{name, description})
	if err != nil {
		return Named{}, fmt.Errorf("make the archive: %w", err)
	}
	id := runs.NewID()
	dir := filepath.Join(ArchivesDir(home), id)
	tmp := filepath.Join(ArchivesDir(home), "."+id)
	if err := os.MkdirAll(tmp, 0o777); err != nil {
		return Named{}, fmt.Errorf("make the archive: %w", err)
	}
	err = os.WriteFile(filepath.Join(tmp, recordName), data, 0o666)
	if err == nil {
		err = os.Rename(tmp, dir)
	}
	if err != nil {
		_ = os.RemoveAll(tmp)
		return Named{}, fmt.Errorf("make the archive: %w", err)
	}
	return Named{Place{Path: dir, Name: name}, description}, nil
}

// Find returns the archive with the name word, or else the directory or zip file with the path word.
func Find(home, word string) (Place, error) {
	n, ok, err := ByName(home, word)
	if err != nil || ok {
		return n.Place, err
	}
	return At(word)
}
