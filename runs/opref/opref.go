// Package opref is the reference from a run to the operation that it is a run of, in the form of the file .guild/opref.
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
	Script    = "script"    // PkgName is the script's directory, Op its file name
	Builtin   = "builtin"   // part of guild itself
	Package   = "package"   // installed package
)

// Ref names an operation: where it comes from and what it is called there.
type Ref struct {
	PkgType, PkgName, PkgVersion, Model, Op string
}

// OpSpec is how the operation is named on the command line: MODEL:OP, or OP where there is no model, after PACKAGE/ where it
// comes from an installed package.
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

// Dir is the project directory of the operation, or empty where it has none.
func (r Ref) Dir() string {
	switch r.PkgType {
	case Guildfile:
		return filepath.Dir(r.PkgName)
	case Script:
		return r.PkgName
	}
	return ""
}

// String is the form on disk: PKGTYPE:PKGNAME VERSION MODEL OP, quoted as a shell would, empty parts as two quotes.
func (r Ref) String() string {
	if r == (Ref{}) {
		return ""
	}
	return words.Join([]string{r.PkgType + ":" + r.PkgName, r.PkgVersion, r.Model, r.Op})
}

// Parse reads the form on disk.
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
