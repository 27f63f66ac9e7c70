package opdef

import (
	"cmp"
	"crypto/md5"  // identifies a tree, protects nothing
	"crypto/sha1" // the form of manifests
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
)

// SourceCopy is what CopySource has copied.
type SourceCopy struct {
	Files    []SourceFile // in path order
	Digest   string       // as sourceDigest makes it; empty if there are no files
	Warnings []string     // what was left out because of the default limits, one sentence each
}

// SourceFile is a copied file, as a manifest lists it.
type SourceFile struct {
	Path   string // below the run directory, with slashes
	SHA1   string // of the content, in hex
	Source string // below the project directory, with slashes, or absolute
}

// CopySource copies the source code of the operation into the directory dst, which is created. Each file is read once.
// Links are followed where they stay within the project, and left out otherwise; linked directories are left out.
func (op *Operation) CopySource(dst string) (SourceCopy, error) {
	return op.copySource(dst, nil)
}

// copySource copies, or with a trial only looks at what would be copied.
func (op *Operation) copySource(dst string, trial *sourceTrial) (SourceCopy, error) {
	if op.Source.None || op.Dir == "" || len(op.Steps) > 0 { // steps copy what they need
		return SourceCopy{}, nil
	}
	dir := op.sourceDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return SourceCopy{}, fmt.Errorf("copy source code: %w", err)
	}
	defer func() { _ = root.Close() }()
	absDst, err := filepath.Abs(dst)
	if err != nil {
		return SourceCopy{}, fmt.Errorf("copy source code: %w", err)
	}
	c := &copier{op: op, root: root, dst: absDst, from: dir, rules: op.Source.expanded(dir), buf: make([]byte, 64<<10),
		trial: trial}
	c.required = op.requiredPaths()
	var warning string
	if c.ignore, warning = op.sourceIgnore(); warning != "" {
		c.out.Warnings = append(c.out.Warnings, warning)
	}
	c.includes = slices.ContainsFunc(c.rules, func(r SourceRule) bool { return !r.Exclude })
	if script := op.scriptFile(); script != "" {
		c.script = filepath.ToSlash(filepath.Clean(script))
		err = c.file(c.script)
	}
	if err == nil {
		err = c.dir(".")
	}
	if err != nil {
		return SourceCopy{}, fmt.Errorf("copy source code: %w", err)
	}
	return c.result()
}

// scriptFile is the file that the operation runs, which is copied whatever the limits say.
func (op *Operation) scriptFile() string {
	if op.script != "" {
		return op.script
	}
	if op.interpreted != "" {
		return op.interpreted
	}
	if m := op.python(); m.script != "" {
		if rel, err := filepath.Rel(op.sourceDir(), filepath.Join(m.root, m.script)); err == nil && filepath.IsLocal(rel) {
			return rel
		}
	}
	return ""
}

type copier struct {
	op       *Operation
	root     *os.Root
	from     string // directory of the source code, which paths are relative to
	dst      string
	script   string // copied first
	rules    []SourceRule
	includes bool            // some rule includes files
	required map[string]bool // files and directories that are dependencies
	ignore   sourceIgnore
	trial    *sourceTrial // nothing is copied; nil to copy
	buf      []byte
	made     string // the directory that was created last
	count    int    // files by the default rule
	full     bool   // no more of them
	out      SourceCopy
}

func (c *copier) result() (SourceCopy, error) {
	slices.SortFunc(c.out.Files, func(a, b SourceFile) int { return cmp.Compare(a.Path, b.Path) })
	if len(c.out.Files) == 0 || c.op.Source.NoDigest || c.trial != nil {
		return c.out, nil
	}
	var err error
	if c.out.Digest, err = sourceDigest(c.dst, c.out.Files, c.buf); err != nil {
		return SourceCopy{}, fmt.Errorf("copy source code: %w", err)
	}
	return c.out, nil
}

// sourceDigest is the MD5, in hex, of the path and the content of each file, in path order, each followed by a zero byte. It is
// the same that Guild AI records, so that runs of both can be told apart by it.
func sourceDigest(dir string, files []SourceFile, buf []byte) (string, error) {
	h := md5.New()
	for _, file := range files {
		io.WriteString(h, file.Path+"\x00") //nolint:errcheck // a hash takes all that it is given
		f, err := os.Open(filepath.Join(dir, filepath.FromSlash(file.Path)))
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

// dir copies the files of a directory and then those of the directories in it.
func (c *copier) dir(rel string) error {
	d, err := c.root.Open(rel)
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
			c.trial.skip(sub + "/")
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
		c.trial.see(name, name == c.script || len(c.out.Files) > before)
	}
	if c.full && !c.includes {
		return nil // nothing further down can be copied
	}
	for _, sub := range subs {
		if err := c.dir(sub); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// isRequired tells whether a path is that of a dependency.
func (c *copier) isRequired(rel string) bool { return c.required[path.Join(c.op.Source.Root, rel)] }

// skipDir applies the rules for directories: the default ones, then those of the operation.
func (c *copier) skipDir(rel string) bool {
	if abs := filepath.Join(c.from, rel); abs == c.dst || abs == filepath.Dir(c.dst) {
		return true // the run itself, and the other runs
	}
	if c.isRequired(rel) {
		return true
	}
	name := path.Base(rel)
	skip := c.ignore.ignores(rel, true) || !c.ignore.inGit && c.skipByDefault(rel, name) || name == ".git" || name == ".guild" ||
		c.has(rel, ".guild-nocopy") || c.has(rel, ".guild/attrs")
	for _, r := range c.rules {
		if r.Kind == kindDir && r.matches(rel) {
			skip = r.Exclude
		}
	}
	return skip
}

// skipByDefault tells the directories that hold no source code where nothing but their names and contents tell.
func (c *copier) skipByDefault(rel, name string) bool {
	return name[0] == '.' || name == "__pycache__" || c.has(rel, "bin/activate") || c.has(rel, "Scripts/activate") ||
		c.op.IsPython() && (name == "build" || name == "dist" || path.Ext(name) == ".egg-info")
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
	f, err := c.root.Open(rel)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return err
		}
		return nil // a link that leads nowhere or out of the project, or a file that has just gone
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	if verdict == byDefault && info.Size() > maxSourceSize {
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
		if c.count == maxSourceFiles {
			c.full = true
			c.out.Warnings = append(c.out.Warnings, fmt.Sprintf(
				"there are more than %d source code files and only that many are copied; list the files in 'sourcecode' of the operation",
				maxSourceFiles))
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

// head reads the first bytes, into the buffer.
func (c *copier) head(f *os.File) ([]byte, error) {
	n, err := io.ReadFull(f, c.buf[:8<<10])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return c.buf[:n], nil
}

// copy makes the file, of which head has been read, and hashes it on the way. One whose blocks are shared, or that is large and left
// to the kernel, is hashed from the copy.
func (c *copier) copy(rel string, f *os.File, info fs.FileInfo, head []byte) error {
	if c.trial != nil {
		c.out.Files = append(c.out.Files, SourceFile{Path: rel})
		return nil
	}
	target := filepath.Join(c.dst, filepath.FromSlash(c.op.Source.Dest), filepath.FromSlash(rel))
	if dir := filepath.Dir(target); dir != c.made {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
		c.made = dir
	}
	out, whole, err := clone.Create(f, target, info.Mode().Perm()|0o600)
	if errors.Is(err, fs.ErrExist) { // what the operation wrote in a run that is started again
		if err = os.Remove(target); err == nil {
			out, whole, err = clone.Create(f, target, info.Mode().Perm()|0o600)
		}
	}
	if err != nil {
		return err
	}
	h := sha1.New()
	switch {
	case whole:
		_, err = io.CopyBuffer(h, struct{ io.Reader }{out}, c.buf)
	case info.Size() > maxSourceSize:
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
	c.out.Files = append(c.out.Files, SourceFile{Path: path.Join(c.op.Source.Dest, rel),
		SHA1: hex.EncodeToString(h.Sum(nil)), Source: path.Join(c.op.Source.Root, rel)})
	return nil
}

func copyLarge(out, in *os.File, h io.Writer, buf []byte) error {
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.CopyBuffer(h, struct{ io.Reader }{out}, buf)
	return err
}
