package proc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"guild/opdef/source"
	"guild/runs"
	"guild/runs/clone"
)

// copySource copies the source code of the project into the directory dst, or that of the prototype.
func (q *Request) copySource(dst string) (source.Copy, error) {
	if q.Proto == nil {
		return q.Op.CopySource(dst)
	}
	entries, err := q.Proto.Manifest()
	if err != nil {
		return source.Copy{}, err
	}
	var src source.Copy
	for _, e := range entries {
		if e.Kind != runs.SourceEntry || !filepath.IsLocal(filepath.FromSlash(e.Path)) {
			continue
		}
		to := filepath.Join(dst, filepath.FromSlash(e.Path))
		err := os.MkdirAll(filepath.Dir(to), 0o777)
		if err == nil {
			err = clone.File(q.Proto.Path(filepath.FromSlash(e.Path)), to)
		}
		if errors.Is(err, fs.ErrNotExist) {
			continue // somebody has removed it from the prototype
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

// commit finds out, while more is done, which commit the source code is of, see source.Commit. The caller has to call wait, which returns
// it.
func (q *Request) commit(cache string) (wait func() string) {
	var found string
	done := make(chan struct{})
	go func() {
		defer close(done)
		if q.Proto == nil {
			found = q.Op.Commit(cache)
			return
		}
		found, _ = q.Proto.AttrString("vcs_commit")
	}()
	return func() string {
		<-done
		return found
	}
}
