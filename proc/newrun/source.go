package newrun

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"guild/opdef/source"
	"guild/runs/clone"
	"guild/runs/manifest"
)

// copySource copies the source code of the project, or that of the prototype if there is one, to the directory dst.
func (q *Request) copySource(dst string) (source.Copy, error) {
	if q.Proto == nil {
		return q.Op.CopySource(dst)
	}
	entries, err := manifest.Of(q.Proto)
	if err != nil {
		return source.Copy{}, err
	}
	var src source.Copy
	for _, e := range entries {
		if e.Kind != manifest.Source || !filepath.IsLocal(filepath.FromSlash(e.Path)) {
			continue
		}
		to := filepath.Join(dst, filepath.FromSlash(e.Path))
		err := os.MkdirAll(filepath.Dir(to), 0o777)
		if err == nil {
			err = clone.File(q.Proto.Path(filepath.FromSlash(e.Path)), to)
		}
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was removed from the prototype meanwhile
		}
		if err != nil {
			return source.Copy{}, fmt.Errorf("copy source code of run %s: %w", q.Proto.ShortID(), err)
		}
		file := source.File{Path: e.Path, SHA1: e.Digest}
		if len(e.Source) > 0 {
			file.Source = e.Source[0]
		}
		src.Files = append(src.Files, file)
	}
	digest, err := q.Proto.ReadAttr("sourcecode_digest")
	if err != nil {
		return source.Copy{}, err
	}
	src.Digest, _ = digest.(string)
	return src, nil
}

// lookUpCommit looks up the VCS commit of the source code in the background. The caller must call the returned function, which waits for the
// commit; it is empty if there is none. cache is a directory for what was found, see opdef.Operation.Commit.
func (q *Request) lookUpCommit(cache string) (commit func() string) {
	found := make(chan string, 1)
	go func() {
		if q.Proto == nil {
			found <- q.Op.Commit(cache)
			return
		}
		c, _ := q.Proto.AttrString("vcs_commit")
		found <- c
	}()
	return sync.OnceValue(func() string { return <-found })
}
