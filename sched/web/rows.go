package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"guild/runs"
	"guild/runs/pyyaml"
	"guild/runs/sharedfs"
)

// detail is what a row of a list shows beyond the status.
type detail struct {
	op, label string
	tags      []string
	host      string
	started   time.Time
	stopped   time.Time
	exit      *int
	attrs     time.Time // modification time of the attributes
}

const maxLabel = 300 // most bytes of a label or of flags in a row

// ensureDetail returns the details of a record, and reads them if it has none.
func (x *picture) ensureDetail(r *record) *detail {
	if r.Extra.detail == nil {
		r.Extra.detail = readDetail(x.Run(r.ID).AsView(), r.Status)
	}
	return r.Extra.detail
}

func readDetail(run *runs.View, status runs.Status) *detail {
	d := &detail{attrs: attrsMtime(run)} // first, so that later changes are noticed
	d.op, d.label, d.tags, d.started = run.OpSpec(), run.Label(), run.Tags(), jsonTime(run.Started())
	if d.label == "" {
		d.label = flagsText(run.Flags())
	}
	if len(d.label) > maxLabel {
		d.label = strings.ToValidUTF8(d.label[:maxLabel], "") + "…"
	}
	if status == runs.Running || status.Ended() {
		if o, ok := run.Owner(); ok {
			d.host = o.Host
		}
	}
	if d.host == "" {
		d.host, _ = run.AttrString("host")
	}
	if status.Ended() {
		d.stopped = jsonTime(run.AttrTime("stopped"))
		if exit, ok := run.AttrInt("exit_status"); ok {
			d.exit = &exit
		}
	}
	return d
}

// jsonTime returns a time, or the zero time if JSON cannot represent it: a damaged attribute may contain anything.
func jsonTime(t time.Time) time.Time {
	if y := t.Year(); y < 1 || y > 9999 {
		return time.Time{}
	}
	return t
}

// checkAttrs reads the details again if an attribute has changed, such as a label or a tag, which users may change at any time.
func (x *picture) checkAttrs(r *record) {
	if r.Extra.detail != nil && !attrsMtime(x.Run(r.ID).AsView()).Equal(r.Extra.detail.attrs) {
		r.Extra.detail = readDetail(x.Run(r.ID).AsView(), r.Status)
	}
}

func attrsMtime(run *runs.View) time.Time {
	t, err := sharedfs.DirTime(run.GuildPath("attrs"))
	if err != nil {
		return time.Time{}
	}
	return t
}

// row returns the part of a run's row that all lists share.
func (x *picture) row(r *record) Run {
	return newRow(x.Run(r.ID).AsView(), r.Status, r.Reason, x.ensureDetail(r))
}

func newRow(run *runs.View, status runs.Status, reason string, d *detail) Run {
	row := Run{ID: run.ID, ShortID: run.ShortID(), Op: d.op, Label: d.label, Tags: d.tags, Status: string(status), Host: d.host,
		Reason: reason, Since: d.started}
	if status.Ended() {
		row.Stopped, row.Exit = d.stopped, d.exit
		if d.stopped.After(d.started) && !d.started.IsZero() {
			row.Seconds = d.stopped.Sub(d.started).Seconds()
		}
	}
	return row
}

// flagsText returns flags in one line, sorted by name.
func flagsText(flags map[string]any) string {
	words := make([]string, 0, len(flags))
	for name, v := range flags {
		words = append(words, name+"="+valueText(v))
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// valueText returns a value as YAML in one line.
func valueText(v any) string {
	switch v := v.(type) {
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = valueText(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		items := make([]string, 0, len(v))
		for k, item := range v {
			items = append(items, k+": "+valueText(item))
		}
		slices.Sort(items)
		return "{" + strings.Join(items, ", ") + "}"
	}
	data, err := pyyaml.Encode(v)
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(data))
}

func byTime(a, b Run) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) }
