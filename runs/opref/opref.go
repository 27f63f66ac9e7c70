// Package opref encodes and decodes the file .guild/opref, which names the operation of a run.
package opref

import (
	"fmt"
	"path/filepath"
	"strings"

	"guild/runs/words"
)

// Package types of operations.
const (
	Guildfile = "guildfile" // PkgName is the path of the guild.yml, PkgVersion its MD5
	Script    = "script"    // PkgName is the directory of the script, Op its file name
	Builtin   = "builtin"   // part of guild itself
	Package   = "package"   // an installed Python package
)

// Ref names an operation by the package that defines it and its name there.
type Ref struct {
	PkgType, PkgName, PkgVersion, Model, Op string
}

// OpSpec returns the name of the operation as on the command line: OP, or MODEL:OP if it has a model, with the prefix PACKAGE/ if it is
// in an installed package.
func (r Ref) OpSpec() string {
	spec := r.Op
	if r.Model != "" {
		spec = r.Model + ":" + spec
	}
	if r.PkgType == Package {
		spec = r.PkgName + "/" + spec
	}
	return spec
}

// Dir returns the project directory of the operation, or an empty string if it has none.
func (r Ref) Dir() string {
	switch r.PkgType {
	case Guildfile:
		return filepath.Dir(r.PkgName)
	case Script:
		return r.PkgName
	}
	return ""
}

// SameOperation reports whether two references name the same operation, in whatever version of its package.
func (r Ref) SameOperation(other Ref) bool {
	r.PkgVersion, other.PkgVersion = "", ""
	return r == other
}

// String returns the form on disk: PKGTYPE:PKGNAME VERSION MODEL OP, each quoted as for a shell; empty parts are two quotes.
func (r Ref) String() string {
	if r == (Ref{}) {
		return ""
	}
	return words.Join([]string{r.PkgType + ":" + r.PkgName, r.PkgVersion, r.Model, r.Op})
}

// Parse parses the form on disk.
func Parse(s string) (Ref, error) {
	parts, err := words.Split(s)
	if err != nil {
		return Ref{}, fmt.Errorf("operation reference %q: %w", s, err)
	}
	if len(parts) != 4 {
		return Ref{}, fmt.Errorf("operation reference %q: %d parts in place of 4", s, len(parts))
	}
	pkgType, pkgName, ok := strings.Cut(parts[0], ":")
	if !ok {
		return Ref{}, fmt.Errorf("operation reference %q: the first part lacks a colon", s)
	}
	return Ref{PkgType: pkgType, PkgName: pkgName, PkgVersion: parts[1], Model: parts[2], Op: parts[3]}, nil
}
