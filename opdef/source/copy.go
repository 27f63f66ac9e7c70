package source

import (
	"cmp"
	"crypto/md5"  // identifies source code; not used for security
	"crypto/sha1" // required by the format of manifests
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"guild/runs/clone"
	"guild/runs/plainfile"
)

// Copy is the result of Tree.Copy.
type Copy struct {
	Files    []File   // sorted by path
	Digest   string   // see digest; empty if there are no files
	Warnings []string // one sentence for each group of files that the default limits left out
}

// File is a copied file, as a manifest lists it.
type File struct {
	Path   string // relative to the run directory, with slashes
	SHA1   string // of the content, in hex
	Source string // relative to the project directory, with slashes, or absolute
}

// Tree is a directory with source code.
type Tree struct {
	Selection
	Project  string          // directory that Root is relative to
	Script   string          // file that is copied regardless of limits, with slashes; may be empty
	Required map[string]bool // files and directories, relative to the project, that are dependencies and not source code
	Python   bool            // skip the directories in which Python builds packages
	Empty    bool            // copy nothing
}

// Copy copies the source code to the directory dst, which it creates and which must not contain any of the files. Each file is read
// once. Links to files within the tree are followed; other links, and links to directories, are skipped.
func (t *Tree) Copy(dst string) (Copy, error) { return t.copy(dst, nil) }

// copy copies the source code, or with a preview, only records what would be copied.
func (t *Tree) copy(dst string, tr *preview) (Copy, error) {
	if t.None || t.Empty {
		return Copy{}, nil
	}
	dir := t.dir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Copy{}, fmt.Errorf("copy source code: %w", err)
	}
	defer func() { _ = root.Close() }()
	absDst, err := filepath.Abs(dst)
	if err != nil {
		return Copy{}, fmt.Errorf("copy source code: %w", err)
	}
	c := &copier{tree: t, root: root, dst: absDst, from: dir, rules: t.expanded(dir), buf: make([]byte, 64<<10), preview: tr}
	var warning string
	if c.ignore, warning = ignoredIn(dir); warning != "" {
		c.out.Warnings = append(c.out.Warnings, warning)
	}
	c.includes = slices.ContainsFunc(c.rules, func(r Rule) bool { return !r.Exclude })
	if t.Script != "" {
		c.script = path.Clean(t.Script)
		err = c.file(c.script)
	}
	if err == nil {
		err = c.dir(".")
	}
	if err != nil {
		return Copy{}, fmt.Errorf("copy source code: %w", err)
	}
	return c.result()
}

// dir returns the directory with the source code.
func (t *Tree) dir() string { return t.In(t.Project) }

type copier struct {
	tree     *Tree
	root     *os.Root
	from     string // directory of the source code; paths are relative to it
	dst      string
	script   string // script, which is copied first
	rules    []Rule
	includes bool // a rule includes files
	ignore   ignored
	preview  *preview // if not nil, record in it and copy nothing
	buf      []byte
	made     string // directory that was created last
	count    int    // number of files selected by the default rules
	full     bool   // the limit for their number is reached
	out      Copy
}

func (c *copier) result() (Copy, error) {
	slices.SortFunc(c.out.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	if len(c.out.Files) == 0 || c.tree.NoDigest || c.preview != nil {
		return c.out, nil
	}
	var err error
	if c.out.Digest, err = digest(c.dst, c.out.Files, c.buf); err != nil {
		return Copy{}, fmt.Errorf("copy source code: %w", err)
	}
	return c.out, nil
}

// digest returns the MD5, in hex, of the path and the content of each file, sorted by path, each followed by a zero byte. Guild AI
// computes the same digest, so that runs of both programs can be compared.
func digest(dir string, files []File, buf []byte) (string, error) {
	h := md5.New()
	for _, file := range files {
		io.WriteString(h, file.Path+"\x00") //nolint:errcheck // a hash returns no error
		f, err := plainfile.Open(filepath.Join(dir, filepath.FromSlash(file.Path)))
		if err != nil {
			return "", err
		}
		_, err = io.CopyBuffer(h, struct{ io.Reader }{f}, buf)
		_ = f.Close()
		if err != nil {
			return "", err
		}
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// dir copies the files of a directory and then, recursively, those of its subdirectories.
func (c *copier) dir(rel string) error {
	d, err := plainfile.OpenDirIn(c.root, rel)
	if err != nil {
		return err
	}
	entries, err := d.ReadDir(-1)
	_ = d.Close()
	if err != nil {
		return err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	var subs []string
	for _, e := range entries {
		if sub := path.Join(rel, e.Name()); e.IsDir() && !c.skipDir(sub) {
			subs = append(subs, sub)
		} else if e.IsDir() {
			c.preview.skip(sub + "/")
		}
	}
	for _, e := range entries {
		if !e.Type().IsRegular() && e.Type()&fs.ModeSymlink == 0 {
			continue
		}
		name := path.Join(rel, e.Name())
		before := len(c.out.Files)
		if name != c.script {
			if err := c.file(name); err != nil {
				return err
			}
		}
		c.preview.see(name, name == c.script || len(c.out.Files) > before)
	}
	if c.full && !c.includes {
		return nil // no file below can be copied
	}
	for _, sub := range subs {
		if err := c.dir(sub); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// isRequired reports whether a path is that of a dependency.
func (c *copier) isRequired(rel string) bool { return c.tree.Required[path.Join(c.tree.Root, rel)] }

// skipDir reports whether the rules skip a directory: the default rules, then those of the operation.
func (c *copier) skipDir(rel string) bool {
	if abs := filepath.Join(c.from, rel); abs == c.dst || abs == filepath.Dir(c.dst) {
		return true // the directory of this run or of all runs
	}
	if c.isRequired(rel) {
		return true
	}
	name := path.Base(rel)
	skip := c.ignore.ignores(rel, true) || !c.ignore.inGit && c.skipByDefault(rel, name) || name == ".git" || name == ".guild" ||
		c.has(rel, ".guild-nocopy") || c.has(rel, ".guild/attrs")
	for _, r := range c.rules {
		if r.Kind == Dir && r.matches(rel) {
			skip = r.Exclude
		}
	}
	return skip
}

// skipByDefault reports whether a directory is skipped by its name or contents, unless a rule says otherwise.
func (c *copier) skipByDefault(rel, name string) bool {
	return name[0] == '.' || name == "__pycache__" || c.has(rel, "bin/activate") || c.has(rel, "Scripts/activate") ||
		c.tree.Python && (name == "build" || name == "dist" || path.Ext(name) == ".egg-info")
}

func (c *copier) has(dir, name string) bool {
	_, err := c.root.Lstat(path.Join(dir, name))
	return err == nil
}

func (c *copier) file(rel string) error {
	verdict := c.verdict(rel)
	if verdict == leaveOut || verdict == byDefault && c.full {
		return nil
	}
	f, err := plainfile.OpenIn(c.root, rel)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return err
		}
		return nil // a link without a target or out of the project, or a file that was just removed
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	if verdict == byDefault && info.Size() > maxSize {
		return c.tooBig(rel, f)
	}
	head, err := c.head(f)
	if err != nil {
		return err
	}
	if verdict = c.byContent(rel, verdict, isText(head)); verdict == leaveOut {
		return nil
	}
	if verdict == byDefault {
		if c.count == maxFiles {
			c.full = true
			c.out.Warnings = append(c.out.Warnings, fmt.Sprintf(
				"there are more than %d source code files and only that many are copied; list the files in 'sourcecode' of the operation",
				maxFiles))
			return nil
		}
		c.count++
	}
	return c.copy(rel, f, info, head)
}

func (c *copier) tooBig(rel string, f *os.File) error {
	head, err := c.head(f)
	if err != nil || !isText(head) {
		return err
	}
	c.out.Warnings = append(c.out.Warnings, fmt.Sprintf(
		"%s is larger than 1 MiB and not copied; to have it copied, include it in 'sourcecode' of the operation", rel))
	return nil
}

// head reads the first bytes of a file into the buffer.
func (c *copier) head(f *os.File) ([]byte, error) {
	n, err := io.ReadFull(f, c.buf[:8<<10])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return c.buf[:n], nil
}

// copy copies a file, of which head has been read, and computes its hash meanwhile. If the copy shares blocks, or the kernel copies a
// large file, the hash is computed from the copy afterwards.
func (c *copier) copy(rel string, f *os.File, info fs.FileInfo, head []byte) error {
	if c.preview != nil {
		c.out.Files = append(c.out.Files, File{Path: rel})
		return nil
	}
	target := filepath.Join(c.dst, filepath.FromSlash(c.tree.Dest), filepath.FromSlash(rel))
	if dir := filepath.Dir(target); dir != c.made {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
		c.made = dir
	}
	out, whole, err := clone.Create(f, target, info.Mode().Perm()|0o600)
	if err != nil {
		return err
	}
	h := sha1.New()
	switch {
	case whole:
		_, err = io.CopyBuffer(h, struct{ io.Reader }{out}, c.buf)
	case info.Size() > maxSize:
		err = copyLarge(out, f, h, c.buf)
	default:
		h.Write(head)
		if _, err = out.Write(head); err == nil {
			_, err = io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(h, out)}, struct{ io.Reader }{f}, c.buf)
		}
	}
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	c.out.Files = append(c.out.Files, File{Path: path.Join(c.tree.Dest, rel),
		SHA1: hex.EncodeToString(h.Sum(nil)), Source: path.Join(c.tree.Root, rel)})
	return nil
}

func copyLarge(out, in *os.File, h io.Writer, buf []byte) error {
	if err := clone.Contents(out, in, nil); err != nil {
		return err
	}
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.CopyBuffer(h, struct{ io.Reader }{out}, buf)
	return err
}
