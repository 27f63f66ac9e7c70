package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"guild/runs"
	"guild/runs/phase"
	"guild/runs/plainfile"
	"guild/runs/sharedfs"
)

// readRecord reads a run. Changes at the time newest or later, by the clock of the stamps, may be followed by others with the same stamp,
// so the record must not be kept then.
func readRecord(r *runs.Run) (d record, newest int64, err error) {
	w := recorder{run: r}
	err = w.read()
	if err != nil {
		return nil, 0, fmt.Errorf("look at run %s: %w", r.ShortID(), sharedfs.GoneIfStale(err))
	}
	v := runs.NewView(r.ID, r.Dir, &source{dir: r.Dir, data: w.record(0)})
	started := startedMicros(&v)
	return w.record(started), w.newest, nil
}

// recorder reads the two directories of a run through their descriptors, since there are many files, and paths are long.
type recorder struct {
	recordWriter
	run    *runs.Run
	newest int64
}

func (w *recorder) read() error {
	guild, err := sharedfs.Open(w.run.GuildPath(), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC)
	if err != nil {
		return err
	}
	defer unix.Close(guild)
	guildStamp, err := sharedfs.StampAt(guild, ".")
	if err != nil {
		return err
	}
	names, err := sharedfs.NamesOf(guild)
	if err != nil {
		return err
	}
	attrs, attrsStamp, attrNames, err := openAttrs(guild)
	if err != nil {
		return err
	}
	defer unix.Close(attrs)
	w.guild, w.attrs, w.newest = guildStamp, attrsStamp, max(guildStamp, attrsStamp)
	if err := w.guildFiles(guild, names); err != nil {
		return err
	}
	slices.Sort(attrNames)
	for _, name := range attrNames {
		if name[0] == '.' {
			continue
		}
		if err := w.file(attrs, name, attrsPrefix, slices.Contains(watched[:], name)); err != nil {
			return err
		}
	}
	return nil
}

// openAttrs opens and lists the directory of attributes. If it does not exist, there are no names and the descriptor is -1.
func openAttrs(guild int) (fd int, stamp int64, names []string, err error) {
	fd, err = sharedfs.OpenAt(guild, "attrs", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC)
	if errors.Is(err, fs.ErrNotExist) {
		return -1, 0, nil, nil
	}
	if err != nil {
		return -1, 0, nil, err
	}
	if stamp, err = sharedfs.StampAt(fd, "."); err == nil {
		names, err = sharedfs.NamesOf(fd)
	}
	if err != nil {
		unix.Close(fd)
		return -1, 0, nil, err
	}
	return fd, stamp, names, nil
}

func (w *recorder) guildFiles(guild int, names []string) error {
	p, _, _ := phase.Latest(names)
	current := p.Name()
	if p == phase.None { // during a rename some file systems show neither name
		var err error
		if current, err = w.run.PhaseName(); err != nil {
			return err
		}
	}
	if current != "" {
		w.add(kindLarge, current, 0, nil)
	}
	for _, name := range recorded {
		top, _, _ := strings.Cut(name, "/")
		switch {
		case !slices.Contains(names, top):
		case name == "proto":
			w.add(kindLarge, name, 0, nil)
		default:
			if err := w.file(guild, name, "", false); err != nil {
				return err
			}
		}
	}
	return nil
}

// file adds a file in the directory dirfd if it exists.
func (w *recorder) file(dirfd int, name, prefix string, watch bool) error {
	kind, stamp := byte(kindFile), int64(0)
	var err error
	if watch {
		kind = kindWatched
		stamp, err = sharedfs.StampAt(dirfd, name)
	}
	var content []byte
	if err == nil {
		content, err = sharedfs.ReadFileAt(dirfd, name)
	}
	switch {
	case errors.Is(sharedfs.GoneIfStale(err), fs.ErrNotExist):
		return nil
	case errors.Is(err, plainfile.ErrNotRegular), errors.Is(err, plainfile.ErrTooLarge):
		kind, content = kindLarge, nil // the reader gets an error
	case err != nil:
		return err
	case len(content) > maxContent:
		kind, content = kindLarge, nil
	}
	w.add(kind, prefix+name, stamp, content)
	w.newest = max(w.newest, stamp)
	return nil
}
