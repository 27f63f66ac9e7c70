// Package attribute is the table of the attributes of a guild.yml. The parser of guild.yml, the hints in its warnings, the JSON schema and
// the reference page are made from it.
package attribute

import (
	"cmp"
	"slices"
	"strings"
)

// Place is a kind of mapping in a guild.yml, which has attributes.
type Place string

// The places.
const (
	Model      Place = "model"
	Config     Place = "config"
	Package    Place = "package"
	Include    Place = "include"
	Operation  Place = "operation"
	Flag       Place = "flag"
	Choice     Place = "choice"
	Step       Place = "step"
	Check      Place = "check"
	Sourcecode Place = "sourcecode"
	Rule       Place = "rule"
	FileKind   Place = "file kind"
	Resource   Place = "resource"
	Source     Place = "source"
	Rename     Place = "rename"
	Optimizer  Place = "optimizer"
	Objective  Place = "objective"
	Publish    Place = "publish"
)

// Type is the type of an attribute's value.
type Type string

// The types. A type with the name of a place is a mapping for that place, or a short form of it.
const (
	Text       Type = "text"        // a text; numbers, yes and no are kept as written
	Texts      Type = "texts"       // a text or a list of them
	Switch     Type = "switch"      // yes or no
	Count      Type = "count"       // a whole number above 0
	Number     Type = "number"      // any number
	Mapping    Type = "mapping"     // of names to values
	Variables  Type = "variables"   // of names to values, or all
	Value      Type = "value"       // anything
	FlagType   Type = "flag type"   // the name of a type of flags
	TargetType Type = "target type" // copy or link
	Operations Type = "operations"  // of names to operations
	Defaults   Type = "defaults"    // an operation with defaults for others
	Flags      Type = "flags"       // of names to flags
	FlagValues Type = "flag values" // of names to values, which may be flags of another operation; or a list of assignments
	Import     Type = "flag import" // yes, no or a list of names
	Choices    Type = "choices"     // a list
	Steps      Type = "steps"       // a list
	Checks     Type = "checks"      // one or a list
	Selection  Type = "source code" // rules that select source code, or no
	Rules      Type = "rules"       // a list of rules that select files
	Files      Type = "files"       // patterns, or patterns by the kind of file
	Resources  Type = "resources"   // of names to resources
	Requires   Type = "requires"    // one requirement or a list of them
	Sources    Type = "sources"     // a list
	FlagName   Type = "flag name"   // a text, or no
	Renames    Type = "renames"     // one or a list
	Output     Type = "output rules"
	Optimizers Type = "optimizers" // a list of names, or of names to optimizers
	Goal       Type = "objective"
	Reports    Type = "publish"
	OneOptim   Type = "optimizer"
)

// FlagTypes returns the values of FlagType.
func FlagTypes() []string {
	return []string{"string", "int", "float", "number", "boolean", "path", "existing-path", "auto"}
}

// TargetTypes returns the values of TargetType.
func TargetTypes() []string { return []string{"copy", "link"} }

// Attribute is an attribute of a mapping in a guild.yml.
type Attribute struct {
	Name        string
	Type        Type
	Places      []Place // where it is allowed
	Description string  // a sentence in Markdown, for the reference page
	// Ignored marks an attribute of Guild AI that has no effect here. Projects that use it run unchanged.
	Ignored bool

	since string // first version of guild with the attribute; empty: firstVersion
}

const firstVersion = "0.1.0"

// Since returns the first version of guild with the attribute.
func (a Attribute) Since() string { return cmp.Or(a.since, firstVersion) }

// Of returns the attributes of a place, in the order of the table.
func Of(place Place) []Attribute { return index()[place] }

// Find returns the attribute of a place.
func Find(place Place, name string) (Attribute, bool) {
	list := Of(place)
	i := slices.IndexFunc(list, func(a Attribute) bool { return a.Name == name })
	if i < 0 {
		return Attribute{}, false
	}
	return list[i], true
}

// Names returns the names of the attributes of a place.
func Names(place Place) []string {
	list := Of(place)
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.Name
	}
	return out
}

// PlacesOf returns the places that have an attribute of this name.
func PlacesOf(name string) []Place {
	var out []Place
	for _, p := range Places() {
		if _, ok := Find(p, name); ok {
			out = append(out, p)
		}
	}
	return out
}

// WithArticle returns the name of a place in a sentence, such as "an operation".
func (p Place) WithArticle() string {
	if strings.ContainsRune("aeiou", rune(p[0])) {
		return "an " + string(p)
	}
	return "a " + string(p)
}

// Open reports whether a place allows attributes that are not in the table: a config is checked where it is used, flags may have further
// attributes, and optimizers have flags.
func (p Place) Open() bool {
	return p == Config || p == Package || p == Flag || p == Optimizer
}

// Required returns the attributes that a place must have.
func (p Place) Required() []string {
	switch p {
	case Config, Package, Include:
		return []string{string(p)}
	case Choice:
		return []string{"value"}
	case Step:
		return []string{"run"}
	case Resource:
		return []string{"sources"}
	}
	return nil
}
