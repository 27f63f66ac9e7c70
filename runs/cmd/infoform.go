package cmd

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"guild/proc/usage"
	"guild/runs"
	"guild/runs/console"
	"guild/runs/listing"
	"guild/runs/pyyaml"
	"guild/runs/runjson"
	"guild/sched/state"
)

// parts returns the text with indented lines and the status in its colour.
func (i *info) parts(indent int) (parts []console.Part) {
	status := console.Part{Text: string(i.summary.Status), Color: listing.StatusColor(string(i.summary.Status))}
	margin := strings.Repeat(" ", indent)
	for line := range strings.Lines(i.text()) {
		if line == "status: "+status.Text+"\n" {
			parts = append(parts, console.Part{Text: margin + "status: "}, status, console.Part{Text: "\n"})
			continue
		}
		parts = append(parts, console.Part{Text: margin + line})
	}
	return parts
}

// text returns the form for users: lines `name: value`, with nested values indented by two columns, similar to YAML.
func (i *info) text() string {
	var b strings.Builder
	field := func(name, value string) { writeField(&b, 0, name, console.OneLine(value)) }
	s := i.summary
	field("id", s.ID)
	field("operation", s.Operation)
	field("from", i.from)
	field("status", string(s.Status))
	if s.Reason != "" {
		field("reason", s.Reason)
	}
	field("started", listing.Time(i.run.Started()))
	field("stopped", listing.Time(i.stopped()))
	if seconds, ok := i.cpuTime(); ok {
		field("cpu_time", seconds.String())
	}
	if bytes, ok := i.run.AttrInt(usage.PeakMemoryAttr); ok {
		field("peak_memory", console.Size(int64(bytes)))
	}
	field("marked", yesNo(s.Marked))
	field("label", s.Label)
	field("sourcecode_digest", i.digest)
	field("vcs_commit", i.commit)
	field("run_dir", listing.Tilde(s.Dir))
	field("command", i.command)
	exit := ""
	if s.ExitStatus != nil {
		exit = fmt.Sprint(*s.ExitStatus)
	}
	field("exit_status", exit)
	field("pid", i.pid())
	if o, ok := i.owner(); ok {
		field("host", o.Host)
		if !i.state.Foreign { // of whose owner no more is known
			field("owned_since", listing.Time(o.Since))
			field("last_seen", listing.Time(i.state.Seen))
		}
	}
	i.writeEngine(&b)
	if i.scheduler != nil {
		writeValue(&b, 0, "scheduler", schedulerBlock(i.scheduler))
	}
	writeValue(&b, 0, "tags", s.Tags)
	writeValue(&b, 0, "flags", i.run.Flags())
	if i.run.IsBatch() {
		writeValue(&b, 0, "proto-flags", runs.At(i.run.ProtoPath()).Flags())
	}
	i.results.write(&b)
	for _, part := range []struct {
		name  string
		value map[string]any
	}{{"attributes", i.attributes}, {"environment", i.env}, {"dependencies", i.deps}} {
		if len(part.value) > 0 || part.value != nil && part.name != "attributes" {
			writeValue(&b, 0, part.name, part.value)
		}
	}
	if i.comments {
		field("comments", "")
		for _, c := range i.run.Comments() {
			b.WriteString("  -\n")
			writeValue(&b, 4, "body", c.Body)
			writeField(&b, 4, "host", console.OneLine(c.Host))
			writeField(&b, 4, "time", listing.Time(c.Time))
			writeField(&b, 4, "user", console.OneLine(c.User))
		}
	}
	if i.manifest != nil {
		field("manifest", "")
		for _, name := range slices.Sorted(maps.Keys(i.manifest)) {
			writeValue(&b, 2, name, i.manifest[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(i.private)) {
		writeValue(&b, 0, name, i.private[name])
	}
	return b.String()
}

// cpuTime returns the CPU time of the run, if it has been recorded.
func (i *info) cpuTime() (time.Duration, bool) {
	v, err := i.run.Attr(usage.CPUTimeAttr)
	seconds, ok := pyyaml.Number(v)
	return time.Duration(seconds * float64(time.Second)).Round(time.Millisecond), err == nil && ok
}

// writeEngine writes the engine that the run was given to.
func (i *info) writeEngine(b *strings.Builder) {
	if len(i.engine) == 0 {
		return
	}
	writeField(b, 0, "engine", "")
	for _, name := range slices.Sorted(maps.Keys(i.engine)) {
		if us, ok := i.engine[name].(int); ok && name == "submitted" {
			writeField(b, 2, name, listing.Time(time.UnixMicro(int64(us))))
			continue
		}
		writeValue(b, 2, name, i.engine[name])
	}
}

func writeField(b *strings.Builder, indent int, name, value string) {
	fmt.Fprintf(b, "%*s%s:", indent, "", console.OneLine(name))
	if value != "" {
		b.WriteByte(' ')
		b.WriteString(value)
	}
	b.WriteByte('\n')
}

func writeValue(b *strings.Builder, indent int, name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		writeField(b, indent, name, "")
		writeMap(b, indent+2, v)
	case []any:
		if len(v) == 0 {
			writeField(b, indent, name, "[]")
			return
		}
		writeField(b, indent, name, "")
		writeList(b, indent+2, v)
	case []string:
		writeField(b, indent, name, "")
		for _, s := range v {
			fmt.Fprintf(b, "%*s- %s\n", indent+2, "", scalar(s))
		}
	default:
		writeField(b, indent, name, scalar(v))
	}
}

func writeMap(b *strings.Builder, indent int, m map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		writeValue(b, indent, k, m[k])
	}
}

func writeList(b *strings.Builder, indent int, list []any) {
	for _, v := range list {
		switch v := v.(type) {
		case map[string]any:
			fmt.Fprintf(b, "%*s-\n", indent, "")
			writeMap(b, indent+2, v)
		case []any:
			fmt.Fprintf(b, "%*s-\n", indent, "")
			writeList(b, indent+2, v)
		default:
			fmt.Fprintf(b, "%*s- %s\n", indent, "", scalar(v))
		}
	}
}

// scalar returns a value in YAML, with the words yes and no for booleans.
func scalar(v any) string {
	if yes, ok := v.(bool); ok {
		return yesNo(yes)
	}
	data, err := pyyaml.EncodeForPeople(v)
	if err != nil {
		return console.OneLine(fmt.Sprint(v))
	}
	return strings.TrimRight(string(data), "\n")
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// json returns the form for programs.
func (i *info) json() any {
	doc := struct {
		runjson.Run
		From       string              `json:"from"`
		Command    string              `json:"command"`
		Digest     string              `json:"sourcecode_digest"`
		Commit     string              `json:"vcs_commit"`
		PID        *int                `json:"pid"`
		CPUTime    *float64            `json:"cpu_time,omitempty"`
		PeakMemory *int                `json:"peak_memory,omitempty"`
		OwnedSince *int64              `json:"owned_since"`
		LastSeen   *int64              `json:"last_seen"`
		Scalars    map[string]any      `json:"scalars"`
		AllScalars map[string]any      `json:"all_scalars,omitempty"`
		Attributes any                 `json:"attributes"`
		Engine     any                 `json:"engine,omitempty"`
		Env        any                 `json:"env,omitempty"`
		Deps       any                 `json:"deps,omitempty"`
		Manifest   map[string][]string `json:"manifest,omitempty"`
		Private    any                 `json:"private,omitempty"`
		Scheduler  *state.State        `json:"scheduler,omitempty"`
	}{Scheduler: i.scheduler, Run: i.summary, From: i.from, Command: i.command, Digest: i.digest, Commit: i.commit,
		Scalars: i.results.json(), AllScalars: i.results.allJSON(), Attributes: runjson.Value(i.attributes), Manifest: i.manifest}
	if used, ok := i.cpuTime(); ok {
		seconds := used.Seconds()
		doc.CPUTime = &seconds
	}
	if bytes, ok := i.run.AttrInt(usage.PeakMemoryAttr); ok {
		doc.PeakMemory = &bytes
	}
	if o, ok := i.owner(); ok {
		since, seen := runs.Micros(o.Since), runs.Micros(i.state.Seen)
		doc.PID, doc.OwnedSince, doc.LastSeen = &o.PID, &since, &seen
	}
	if len(i.engine) > 0 {
		doc.Engine = runjson.Value(i.engine)
	}
	for _, part := range []struct {
		value map[string]any
		into  *any
	}{{i.env, &doc.Env}, {i.deps, &doc.Deps}, {i.private, &doc.Private}} {
		if part.value != nil {
			*part.into = runjson.Value(part.value)
		}
	}
	return doc
}
