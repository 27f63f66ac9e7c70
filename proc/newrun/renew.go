package newrun

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"

	"guild/opdef/source"
	"guild/proc/recipe"
	"guild/runs"
	"guild/runs/manifest"
	"guild/runs/pyyaml"
	"guild/runs/replace"
)

// Renew replaces the source code and the recipe of an owned run, which is to be started again, by those of the project as it is now. The
// label and the options of the original `guild run` stay. On an error the run is unchanged.
func (q *Request) Renew(r *runs.Run) error {
	set, err := replace.Begin(r.Dir, r.GuildPath())
	if err != nil {
		return fmt.Errorf("replace source code: %w", err)
	}
	defer set.Discard()
	entries, err := manifest.Of(r)
	if err != nil {
		return err
	}
	commit := q.lookUpCommit("")
	defer commit() // also on an error: it must not outlive this call
	src, err := q.Op.CopySource(set.Dir())
	if err != nil {
		return err
	}
	for _, text := range src.Warnings {
		q.Warn(text)
	}
	kept, err := replaceSource(set, r, entries, src.Files)
	if err != nil {
		return err
	}
	if err := q.putRecords(set, r, src, kept, commit()); err != nil {
		return fmt.Errorf("replace source code: %w", err)
	}
	if err := set.Commit(); err != nil {
		return fmt.Errorf("replace source code: %w", err)
	}
	return nil
}

// replaceSource prepares the replacement of the source files in the manifest. It returns the lines of the manifest that stay.
func replaceSource(set *replace.Set, r *runs.Run, entries []manifest.Entry, files []source.File) (kept []byte, err error) {
	old := map[string]bool{}
	for _, e := range entries {
		if e.Kind != manifest.Source {
			kept = manifest.AppendLine(kept, e)
		} else if filepath.IsLocal(filepath.FromSlash(e.Path)) {
			old[path.Clean(e.Path)] = true
		}
	}
	for _, f := range files {
		if err := checkPlace(r, f.Path, old); err != nil {
			return nil, err
		}
	}
	for name := range old {
		set.Remove(name)
	}
	for _, f := range files {
		set.Put(f.Path)
	}
	return kept, nil
}

// checkPlace returns an error if the source file name cannot be copied to the run: because its place is taken by something that the
// operation wrote, or one of its parent directories is a file or a link.
func checkPlace(r *runs.Run, name string, old map[string]bool) error {
	const way = "nothing was changed; leave it out of the source code ('sourcecode' of the operation), or make a new run"
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		st, err := os.Lstat(r.Path(filepath.FromSlash(dir)))
		if err == nil && !st.IsDir() && !old[dir] {
			return fmt.Errorf("source code file '%s' cannot be copied to run %s, which has written '%s', and that is no directory: %s",
				name, r.ShortID(), dir, way)
		}
	}
	there := ""
	err := filepath.WalkDir(r.Path(filepath.FromSlash(name)), func(found string, e fs.DirEntry, err error) error {
		rel, relErr := filepath.Rel(r.Dir, found)
		if err != nil || relErr != nil {
			return errors.Join(err, relErr)
		}
		if rel = filepath.ToSlash(rel); rel != name && !e.IsDir() && !old[rel] {
			there = rel
			return fs.SkipAll
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("replace source code: %w", err)
	}
	if there != "" {
		return fmt.Errorf("source code file '%s' cannot be copied to run %s, which has written '%s': %s", name, r.ShortID(), there, way)
	}
	return nil
}

// putRecords prepares the replacement of the attributes and the manifest that describe the operation and its source code.
func (q *Request) putRecords(set *replace.Set, r *runs.Run, src source.Copy, kept []byte, commit string) error {
	old, err := recipe.Read(r)
	if err != nil {
		return err
	}
	rec := q.recipe()
	rec.LabelTemplate, rec.CmdDir, rec.ForceDeps, rec.RunsOf = old.LabelTemplate, old.CmdDir, old.ForceDeps, old.RunsOf
	rec.StopAfter, rec.OptionHooks = old.StopAfter, old.OptionHooks // options that are given again change these afterwards
	rec.NoSystemMetrics = rec.NoSystemMetrics || old.NoSystemMetrics
	if rec.Requires, err = q.requires(); err != nil {
		return err
	}
	attrs := map[string]any{recipe.Attr: rec.Data(), "sourcecode_digest": src.Digest, "flags": map[string]any(q.Values)}
	if commit != "" {
		attrs["vcs_commit"] = commit
	} else {
		set.Remove(".guild/attrs/vcs_commit")
	}
	records := map[string][]byte{".guild/manifest": append(sourceManifest(src.Files), kept...)}
	for name, v := range attrs {
		if records[".guild/attrs/"+name], err = pyyaml.Encode(v); err != nil {
			return err
		}
	}
	for name, data := range records {
		if err := replace.Bytes(filepath.Join(set.Dir(), filepath.FromSlash(name)), data); err != nil {
			return err
		}
		set.Put(name)
	}
	return nil
}
