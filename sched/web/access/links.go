package access

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"

	"guild/runs"
	"guild/runs/plainfile"
	"guild/runs/process"
	"guild/sched/web/reply"
)

// Dashboard is the content of an announcement.
type Dashboard struct {
	URL  string `json:"url"`
	Open bool   `json:"open"` // everybody has access, without a token
}

// Announcement is a file in the home that describes a dashboard. It is locked as long as the dashboard serves, so that the user's other
// processes on any host can find it.
type Announcement struct {
	path string
	lock *flock.Flock
}

func announcementsDir(store *runs.Store) string { return filepath.Join(store.Home(), "dashboards") }

// Announce announces a dashboard.
func Announce(store *runs.Store, d Dashboard) (*Announcement, error) {
	dir := announcementsDir(store)
	if err := store.MakeDir(dir); err != nil {
		return nil, err
	}
	name := process.TempName("dashboard")
	tmp := filepath.Join(dir, name)
	a := &Announcement{path: filepath.Join(dir, strings.TrimLeft(name, ".")), lock: flock.New(tmp, flock.SetPermissions(0o600))}
	got, err := a.lock.TryLock()
	if err == nil && !got {
		err = errors.New("a new file is already locked")
	}
	if err == nil {
		err = os.WriteFile(tmp, reply.Encode(d), 0o600)
	}
	if err == nil {
		err = os.Rename(tmp, a.path)
	}
	if err != nil {
		_ = os.Remove(tmp)
		_ = a.lock.Close()
		return nil, fmt.Errorf("announce the dashboard: %w", err)
	}
	return a, nil
}

// Withdraw ends the announcement. It may be nil.
func (a *Announcement) Withdraw() {
	if a == nil {
		return
	}
	_ = os.Remove(a.path) // a leftover file is not locked, and the next call of dashboards removes it
	_ = a.lock.Close()
}

// Links returns links that give access to this user's running dashboards of a home, on any host. They contain the token, which is a secret.
func Links(store *runs.Store) ([]string, error) {
	list, err := dashboards(store)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	token, err := Token(store)
	if err != nil {
		return nil, err
	}
	links := make([]string, len(list))
	for i, d := range list {
		if links[i] = d.URL; !d.Open {
			links[i] = WithToken(d.URL, token)
		}
	}
	return links, nil
}

// dashboards returns the announcements of this user's running dashboards of a home. It removes those of dashboards that were killed.
func dashboards(store *runs.Store) ([]Dashboard, error) {
	dir := announcementsDir(store)
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look for dashboards: %w", err)
	}
	var list []Dashboard
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || !e.Type().IsRegular() {
			continue
		}
		path := filepath.Join(dir, e.Name())
		lock := flock.New(path, flock.SetFlag(os.O_RDWR))
		got, err := lock.TryLock()
		switch {
		case err != nil: // another user's, or gone
		case got:
			_ = os.Remove(path)
		default:
			var d Dashboard
			if data, err := plainfile.Read(path); err == nil && json.Unmarshal(data, &d) == nil {
				list = append(list, d)
			}
		}
		_ = lock.Close()
	}
	slices.SortFunc(list, func(a, b Dashboard) int { return cmp.Compare(a.URL, b.URL) })
	return list, nil
}
