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

// Resource is a set of files, or of other things, that an operation requires.
type Resource struct {
	Name         string // empty where it has none, see ResolvingName
	Description  string
	Sources      []Source
	TargetPath   string // directory in the run directory, that of the run if empty
	TargetType   string // TargetCopy, TargetLink or empty for the default of each source
	PreservePath bool

	data map[string]any // as it was read
	Err  error          // why it cannot be used; nil if it can
}

// Kinds of sources.
const (
	FromFile      = "file"
	FromURL       = "url"
	FromOperation = "operation"
	FromConfig    = "config"
	FromModule    = "module"

	FromDVCFile  = "dvcfile"  // known so that other operations of a project that has it can be run
	FromDVCStage = "dvcstage" // the same
)

// AllRuns is the value of the flag for a source of runs that stands for all of them.
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

	Name     string // empty where it has none
	FlagName string // flag whose value takes the place of the source
	NoFlag   bool   // no flag does

	SHA256          string // of the file, in hex
	Unpack          bool   // archives are unpacked
	ArchiveType     string // tar, zip, gzip, or empty: the name of the file says it
	Select          []Select
	Rename          []Rename
	TargetPath      string
	TargetType      string
	PreservePath    bool // the directories that lead to a file in the project lead to it in the run
	ReplaceExisting bool
	AlwaysResolve   bool // when a run is started again, too
	Optional        bool
	FailIfEmpty     bool
	WarnIfEmpty     bool
	Params          map[string]any // values of a config file, by name
	Help            string         // for people who lack it
	Description     string
	PostProcess     string // shell command, run where the files are before they are used
}

// Select is a regular expression for paths. With Reduce of "min" or "max" only one of the paths that match is selected: that
// with the least or the largest number in the first group.
type Select struct{ Pattern, Reduce string }

// Rename is a regular expression for names and what the first match of it is replaced with, where \1 is a group.
type Rename struct{ Pattern, Repl string }

// ResolvingName is what people call the resource.
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

// Data is the resource as plain values that Parse reads.
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

// URI names the source in records: KIND:REF, or the URL.
func (s *Source) URI() string {
	if s.Kind == FromURL {
		return s.Ref
	}
	return s.Kind + ":" + s.Ref
}

// ResolvingName is what people call the source.
func (s *Source) ResolvingName() string { return cmp.Or(s.Name, s.FlagName, s.URI()) }

// Operations are the operations whose runs the source is one of, with the values of flags that their names refer to.
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

// FlagNames are the names under which a flag can stand for the source.
func (s *Source) FlagNames() []string {
	if name := cmp.Or(s.FlagName, s.Name); name != "" {
		return []string{name}
	}
	return []string{s.URI(), s.Ref}
}

// Value returns what the flags have in place of the source: a path, or the id of a run.
func (s *Source) Value(vals map[string]any) (any, bool) {
	for _, name := range s.FlagNames() {
		if v, ok := vals[name]; ok && v != nil {
			return v, true
		}
	}
	return nil, false
}

// FlagsUsed returns the names of the flags on which it depends what the source is resolved to: those whose values can take its place, and
// those that its texts refer to. The values of a config file, which are those of all flags, do not count.
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

// LocalPath is the path of a file of the project, empty for other sources.
func (s *Source) LocalPath() string {
	if s.Kind != FromFile && s.Kind != FromConfig || path.IsAbs(s.Ref) {
		return ""
	}
	return path.Clean(s.Ref)
}

// CheckPatterns compiles the patterns of a source but for those that refer to flags.
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

// IsConfig tells whether the source is that config file.
func (s *Source) IsConfig(file string) bool { return s.Kind == FromConfig && s.Ref == file }

// ReplacingConfig is the data of the resource, changed so that the config file is written again when a run is restarted, since
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
