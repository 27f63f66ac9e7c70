// Package values answers what people ask of a run by name, in filters, columns and sort orders: its attributes, flags and
// scalars. Each part is read once, and only when something of it is asked for.
package values

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/opref"
	"guild/runs/pyyaml"
	"guild/runs/scalars"
)

// Values are those of one run. They are nil, bool, int, float64, string, []any or map[string]any as in its files, and Moment
// and Duration.
type Values struct {
	Run *runs.View

	attrs     map[string]any // the core ones that were asked for
	defined   map[string]any // nil until asked for
	logged    map[string]any // likewise
	flags     map[string]any // likewise
	summaries []*scalars.Summary
	readTags  bool
}

// Of returns the values of r.
func Of(r runs.Viewer) *Values { return &Values{Run: r.AsView()} }

// Moment is a point in time, shown to the second.
type Moment time.Time

func (m Moment) String() string { return time.Time(m).Local().Format(time.DateTime) }

// Duration is a span of time, shown as hours, minutes and seconds.
type Duration time.Duration

func (d Duration) String() string {
	s := int(time.Duration(d).Seconds())
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

var core = [...]string{"from", "id", "op", "op_model", "operation", "run", "short_id", "sourcecode", "started", "status",
	"stopped", "time"}

// Core names the attributes that every run has.
func Core() []string { return core[:] }

// IsCore reports an attribute that every run has.
func IsCore(name string) bool { return slices.Contains(core[:], name) }

// Attr is an attribute: one that every run has, one that the definition of the operation adds or the operation logs, or else
// one of the files in .guild/attrs. It is nil where there is none.
func (v *Values) Attr(name string) any {
	if IsCore(name) {
		val, ok := v.attrs[name]
		if !ok {
			val = v.coreAttr(name)
			if v.attrs == nil {
				v.attrs = map[string]any{}
			}
			v.attrs[name] = val
		}
		return val
	}
	if val, ok := v.loggedAttrs()[name]; ok {
		return val
	}
	return v.Recorded(name)
}

// Recorded is Attr without what the operation logged, to find which takes reading all of its event files.
func (v *Values) Recorded(name string) any {
	if IsCore(name) {
		return v.Attr(name)
	}
	if val, ok := v.definedAttrs()[name]; ok {
		return val
	}
	if name == "" || name[0] == '.' || strings.ContainsAny(name, "/\x00") {
		return nil
	}
	val, err := v.Run.Attr(name)
	if err != nil {
		return nil
	}
	return val
}

// CustomAttrs are the names of the attributes that the definition of the operation adds or the operation logs, sorted.
func (v *Values) CustomAttrs() []string {
	names := slices.AppendSeq(slices.Collect(maps.Keys(v.definedAttrs())), maps.Keys(v.loggedAttrs()))
	slices.Sort(names)
	return slices.Compact(names)
}

func (v *Values) definedAttrs() map[string]any {
	if v.defined == nil {
		defined, _ := v.Run.Attr("opdef_attrs")
		if v.defined, _ = defined.(map[string]any); v.defined == nil {
			v.defined = map[string]any{}
		}
	}
	return v.defined
}

func (v *Values) loggedAttrs() map[string]any {
	if v.logged == nil {
		v.logged = map[string]any{}
		texts, _ := scalars.Attrs(v.Run)
		for name, text := range texts {
			v.logged[name] = pyyaml.DecodeScalar(text)
		}
	}
	return v.logged
}

func (v *Values) coreAttr(name string) any {
	r := v.Run
	switch name {
	case "id":
		return r.ID
	case "run", "short_id":
		return r.ShortID()
	case "operation":
		return r.OpSpec()
	case "op":
		return r.Opref().Op
	case "op_model":
		return r.Opref().Model
	case "from":
		return From(r.Opref())
	case "status":
		return string(r.Status())
	case "sourcecode":
		digest, _ := r.AttrString("sourcecode_digest")
		return digest[:min(8, len(digest))]
	case "started":
		return momentOrNil(r.Started())
	case "stopped":
		o, _ := r.Outcome()
		return momentOrNil(o.Stopped)
	}
	return v.duration()
}

// duration is the time that the run took, or has taken so far.
func (v *Values) duration() any {
	r := v.Run
	start := r.AttrTime("started")
	if start.IsZero() {
		return nil
	}
	end := time.Now()
	if v.Attr("status") != string(runs.Running) {
		o, ok := r.Outcome()
		if !ok || o.Stopped.IsZero() {
			return nil
		}
		end = o.Stopped
	}
	return Duration(max(0, end.Sub(start)))
}

func momentOrNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return Moment(t)
}

// From says where an operation is defined.
func From(ref opref.Ref) string {
	switch ref.PkgType {
	case opref.Package:
		return ref.PkgName + "==" + ref.PkgVersion
	case opref.Builtin:
		return "guild"
	}
	return ref.PkgName
}

// Flags of the run by name.
func (v *Values) Flags() map[string]any {
	if v.flags == nil {
		if v.flags = v.Run.Flags(); v.flags == nil {
			v.flags = map[string]any{}
		}
	}
	return v.flags
}

// Flag is the value of a flag, nil where there is none.
func (v *Values) Flag(name string) any { return v.Flags()[name] }

// Scalars are all scalars of the run as far as they can be read.
func (v *Values) Scalars() []*scalars.Summary {
	if !v.readTags {
		v.summaries, _ = scalars.Read(v.Run)
		v.readTags = true
	}
	return v.summaries
}

// Scalar is the scalar of a key: a tag, or the start of a directory of event files, # and a tag. The first one counts: a step's,
// by its link, is train#loss. It is nil where there is none.
func (v *Values) Scalar(key string) *scalars.Summary {
	dir, tag, qualified := strings.Cut(key, "#")
	if !qualified {
		dir, tag = "", key
	}
	for _, s := range v.Scalars() {
		if s.Tag == tag && strings.HasPrefix(s.Prefix, dir) {
			return s
		}
	}
	return nil
}
