package opdef

import (
	"io"
	"path/filepath"

	"guild/opdef/source"
)

// SourceDir returns the directory that source code is copied from.
func (op *Operation) SourceDir() string { return op.Source.In(op.Dir) }

// CopySource copies the source code of the operation into the directory dst, see source.Tree.
func (op *Operation) CopySource(dst string) (source.Copy, error) { return op.sourceTree().Copy(dst) }

// TrySource writes which files would be copied as source code, see source.Tree.
func (op *Operation) TrySource(w io.Writer, from string) error { return op.sourceTree().Try(w, from) }

// Commit returns the latest commit of the project, see source.Commit.
func (op *Operation) Commit(cache string) string { return source.Commit(op.Dir, cache) }

func (op *Operation) sourceTree() *source.Tree {
	return &source.Tree{
		Selection: op.Source, Project: op.Dir, Script: filepath.ToSlash(op.scriptFile()), Required: op.requiredPaths(), Python: op.IsPython(),
		Empty: op.Dir == "" || len(op.Steps) > 0, // the operations of steps copy their own source code
	}
}

// scriptFile returns the file that the operation runs. It is copied regardless of limits.
func (op *Operation) scriptFile() string {
	if op.script != "" {
		return op.script
	}
	if op.interpreted != "" {
		return op.interpreted
	}
	if m := op.Python(); m.Script != "" {
		if rel, err := filepath.Rel(op.SourceDir(), filepath.Join(m.Root, m.Script)); err == nil && filepath.IsLocal(rel) {
			return rel
		}
	}
	return ""
}
