// Package values looks up the values of a run by the names that users write in filters, columns and sort orders: attributes, flags and
// scalars. Each kind is read once, and only when a value of that kind is needed.
package values

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/attrname"
	"guild/runs/opref"
	"guild/runs/pyyaml"
	"guild/runs/scalars"
)

// Values are the values of one run. A value is nil, bool, int, float64, string, []any or map[string]any as in the run's files, or a
// Moment or Duration.
type Values struct {
	Run *runs.View

	attrs     map[string]any // core attributes that were read
	defined   map[string]any // nil until first needed
	logged    map[string]any // nil until first needed
	flags     map[string]any // nil until first needed
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

// Core returns the names of the attributes that every run has.
func Core() []string { return core[:] }

// IsCore reports whether every run has the attribute.
func IsCore(name string) bool { return slices.Contains(core[:], name) }

// Attr returns an attribute: one that every run has, else one that the operation's definition adds or that the operation logged, else
// the content of a file in .guild/attrs. It returns nil if there is none.
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

// Recorded is Attr without logged attributes, which require reading all event files of the run.
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

// CustomAttrs returns the sorted names of the attributes that the operation's definition adds or that the operation logged.
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
			if !attrname.IsReserved(name) { // a logged label, for example, is not that of the run
				v.logged[name] = pyyaml.DecodeScalar(text)
			}
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

// duration returns how long the run took, or has been running.
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

// From returns where an operation is defined, in a form for display.
func From(ref opref.Ref) string {
	switch ref.PkgType {
	case opref.Package:
		return ref.PkgName + "==" + ref.PkgVersion
	case opref.Builtin:
		return "guild"
	}
	return ref.PkgName
}

// Flags returns the flags of the run by name.
func (v *Values) Flags() map[string]any {
	if v.flags == nil {
		if v.flags = v.Run.Flags(); v.flags == nil {
			v.flags = map[string]any{}
		}
	}
	return v.flags
}

// Flag returns the value of a flag, or nil.
func (v *Values) Flag(name string) any { return v.Flags()[name] }

// Scalars returns all scalars of the run that can be read.
func (v *Values) Scalars() []*scalars.Summary {
	if !v.readTags {
		v.summaries, _ = scalars.Read(v.Run)
		v.readTags = true
	}
	return v.summaries
}

// Scalar returns the first scalar that a key matches, or nil. A key is a tag, or the start of the event file's directory, # and a
// tag: train#loss is the loss of the step train, to whose run the link `train` leads.
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
