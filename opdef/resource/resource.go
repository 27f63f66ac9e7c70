package resource

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"guild/opdef/flagvalue"
)

// Resource is a set of files or other things that an operation requires.
type Resource struct {
	Name         string // may be empty, see ResolvingName
	Description  string
	Sources      []Source
	TargetPath   string // directory below the run directory; empty: the run directory
	TargetType   string // TargetCopy, TargetLink or empty for the default of each source
	PreservePath bool

	data map[string]any // as it was read
	Err  error          // why the resource cannot be used, or nil
}

// Kinds of sources.
const (
	FromFile      = "file"
	FromURL       = "url"
	FromOperation = "operation"
	FromConfig    = "config"
	FromModule    = "module"

	FromDVCFile  = "dvcfile"  // not supported, but other operations of such projects are
	FromDVCStage = "dvcstage" // the same
)

// AllRuns is the flag value for all runs of a source.
const AllRuns = "all"

// How files get into the run directory.
const (
	TargetCopy = "copy"
	TargetLink = "link"
)

// Source says where files of a resource come from. Its texts may refer to flags.
type Source struct {
	Kind string // one of the kinds above
	Ref  string // path in the project, URL, operations separated by commas, or module

	Name     string // may be empty
	FlagName string // flag whose value replaces the source
	NoFlag   bool   // no flag replaces the source

	SHA256          string // of the file, in hex
	Unpack          bool   // archives are unpacked
	ArchiveType     string // tar, zip or gzip; empty: determined by the file name
	Select          []Select
	Rename          []Rename
	TargetPath      string
	TargetType      string
	PreservePath    bool // keep the directories of a path
	ReplaceExisting bool
	AlwaysResolve   bool // resolve the source again when a run is restarted
	Optional        bool
	FailIfEmpty     bool
	WarnIfEmpty     bool
	Params          map[string]any // values of a config file, by name
	Help            string         // shown if the source is missing
	Description     string
	PostProcess     string // shell command that is run in the directory of the files before they are used
}

// Select is a regular expression that selects paths. With Reduce "min" or "max" it selects only the matching path whose first group is
// the smallest or the largest number.
type Select struct{ Pattern, Reduce string }

// Rename replaces the first match of a regular expression in a name. \1 in Repl is a group.
type Rename struct{ Pattern, Repl string }

// ResolvingName returns the name of the resource in messages.
func (r *Resource) ResolvingName() string {
	if r.Name != "" {
		return r.Name
	}
	names := make([]string, len(r.Sources))
	for i := range r.Sources {
		names[i] = r.Sources[i].ResolvingName()
	}
	return cmp.Or(strings.Join(names, ","), "resource")
}

// Data returns the resource as plain values that Parse reads.
func (r Resource) Data() any { return r.data }

// SetData is Parse.
func (r *Resource) SetData(v any) (err error) {
	*r, err = Parse(v, "")
	return err
}

// TargetTypeOf returns how files of a source of the resource get into the run directory: TargetCopy or TargetLink.
func (r *Resource) TargetTypeOf(s *Source) string {
	byDefault := TargetCopy
	if s.Kind == FromOperation {
		byDefault = TargetLink
	}
	return cmp.Or(s.TargetType, r.TargetType, byDefault)
}

// URI returns the name of the source in records: KIND:REF, or the URL.
func (s *Source) URI() string {
	if s.Kind == FromURL {
		return s.Ref
	}
	return s.Kind + ":" + s.Ref
}

// ResolvingName returns the name of the source in messages.
func (s *Source) ResolvingName() string { return cmp.Or(s.Name, s.FlagName, s.URI()) }

// Operations returns the names of the operations whose runs the source accepts. vals are the values of flags that the names refer to.
func (s *Source) Operations(vals map[string]any) ([]string, error) {
	names := strings.Split(s.Ref, ",")
	for i, name := range names {
		var err error
		if names[i], err = flagvalue.ExpandFlags(strings.TrimSpace(name), vals); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// FlagNames returns the names that a flag for the source can have. That of a required operation can have the name of the operation. The path
// of a file is no such name: a script may have a flag data, and need a directory data besides.
func (s *Source) FlagNames() []string {
	switch name := cmp.Or(s.FlagName, s.Name); {
	case name != "":
		return []string{name}
	case s.Kind == FromOperation:
		return []string{s.URI(), s.Ref}
	}
	return []string{s.URI()}
}

// Value returns the value of the flag for the source, a path or the id of a run. ok is false if no flag is set.
func (s *Source) Value(vals map[string]any) (any, bool) {
	for _, name := range s.FlagNames() {
		if v, ok := vals[name]; ok && v != nil {
			return v, true
		}
	}
	return nil, false
}

// FlagsUsed returns the names of the flags that determine what the source is resolved to: those whose values may replace it, and those in
// its texts. The values in a config file, which are those of all flags, do not count.
func (s *Source) FlagsUsed() []string {
	names := s.FlagNames()
	texts := []string{s.Ref, s.TargetPath}
	for _, r := range s.Rename {
		texts = append(texts, r.Pattern, r.Repl)
	}
	for _, text := range texts {
		_, _ = flagvalue.ExpandRefs(text, func(ref string) (string, error) {
			names = append(names, ref)
			return "", nil
		})
	}
	return names
}

// LocalPath returns the path of a file of the project. It is empty for other sources.
func (s *Source) LocalPath() string {
	if s.Kind != FromFile && s.Kind != FromConfig || path.IsAbs(s.Ref) {
		return ""
	}
	return path.Clean(s.Ref)
}

// CheckPatterns returns the errors of regular expressions. Those that refer to flags are not checked.
func (s *Source) CheckPatterns() []error {
	var found []error
	check := func(attr, pattern string) {
		if strings.Contains(pattern, "${") {
			return
		}
		if _, err := regexp.Compile(pattern); err != nil {
			found = append(found, fmt.Errorf("%s: %w", attr, err))
		}
	}
	for _, sel := range s.Select {
		check("select", sel.Pattern)
	}
	for _, r := range s.Rename {
		check("rename", r.Pattern)
	}
	return found
}

// IsConfig reports whether the source is that config file.
func (s *Source) IsConfig(file string) bool { return s.Kind == FromConfig && s.Ref == file }

// ReplacingConfig returns the data of the resource, changed so that the config file is written again when a run is restarted, since
// flags may have changed. Attributes that the source has itself are kept.
func (r *Resource) ReplacingConfig(file string) map[string]any {
	out := maps.Clone(r.data)
	sources, _ := out["sources"].([]any)
	sources = slices.Clone(sources)
	for i, s := range sources {
		m, ok := s.(map[string]any)
		if !ok || m[FromConfig] != file {
			continue
		}
		m = maps.Clone(m)
		for _, attr := range []string{"replace-existing", "always-resolve"} {
			if m[attr] == nil {
				m[attr] = true
			}
		}
		sources[i] = m
	}
	out["sources"] = sources
	return out
}
