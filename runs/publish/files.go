package publish

import (
	"context"
	"crypto/md5" // identifies files; not used for security
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"guild/runs/clone"
	"guild/runs/plainfile"
)

// File is a file of a run, or a link to one.
type File struct {
	Path   string // relative to the run directory, with slashes
	Source bool   // part of the source code; source code is always copied
	Copy   bool   // copy the file to the report
}

// oldSource is the directory of the source code in runs of older versions of Guild AI.
const oldSource = ".guild/sourcecode/"

// writeFiles lists the files of the run and copies those that are to be copied. It adds the lists sourcecode, runfiles and images to
// data, for templates; images has copied files only.
func (p *Report) writeFiles(ctx context.Context, dir string, data map[string]any) error {
	head := []string{"path", "type", "size", "mtime", "md5"}
	var source, others, images []map[string]any
	for _, f := range p.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		row, err := p.row(f)
		if err != nil {
			return err
		}
		at := path.Join("runfiles", f.Path)
		if f.Source {
			at = path.Join("sourcecode", strings.TrimPrefix(f.Path, oldSource))
		}
		if (f.Source || f.Copy) && row["type"] != "link" { // a link whose target is missing
			if err := p.copy(f.Path, filepath.Join(dir, filepath.FromSlash(at))); err != nil {
				return err
			}
			row["link"] = (&url.URL{Path: at}).EscapedPath()
		}
		switch {
		case f.Source:
			source = append(source, row)
		case row["link"] != "" && isImage(f.Path):
			images = append(images, row)
			fallthrough
		default:
			others = append(others, row)
		}
	}
	data["sourcecode"], data["runfiles"], data["images"] = source, others, images
	return errors.Join(p.writeCSV(filepath.Join(dir, "sourcecode.csv"), head, source),
		p.writeCSV(filepath.Join(dir, "runfiles.csv"), head, others))
}

// row returns what a template can show of a file.
func (p *Report) row(f File) (map[string]any, error) {
	name := p.Run.Path(filepath.FromSlash(f.Path))
	row := map[string]any{"path": f.Path, "type": "", "size": "", "mtime": "", "md5": "", "link": ""}
	var kinds []string
	st, err := os.Stat(name)
	if err == nil {
		kind := "other"
		if st.Mode().IsRegular() {
			kind = "file"
		}
		kinds = append(kinds, kind)
		row["size"], row["mtime"] = st.Size(), st.ModTime().UnixMicro()
	}
	if link, err := os.Lstat(name); err == nil && link.Mode()&fs.ModeSymlink != 0 {
		kinds = append(kinds, "link")
	}
	row["type"] = strings.Join(kinds, " ")
	if p.NoMD5 || err != nil || !st.Mode().IsRegular() {
		return row, nil
	}
	row["md5"], err = digest(name)
	return row, err
}

func digest(name string) (string, error) {
	f, err := plainfile.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := md5.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// copy copies a file of the run, or the target of a link.
func (p *Report) copy(rel, to string) error {
	from := p.Run.Path(filepath.FromSlash(rel))
	if st, err := os.Stat(from); err != nil || !st.Mode().IsRegular() {
		return nil //nolint:nilerr // it was removed meanwhile, or is a pipe or socket
	}
	in, err := plainfile.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	_, err = clone.To(in, to, 0o666)
	return err
}

func isImage(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".gif", ".jpg", ".jpeg", ".bmp", ".webp", ".svg":
		return true
	}
	return false
}
