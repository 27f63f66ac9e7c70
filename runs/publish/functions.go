package publish

import (
	"fmt"
	"strconv"
	"strings"
	"text/template"
	"time"

	"guild/runs/compare"
)

// functions are those that templates may call, besides those of every template.
func functions() template.FuncMap {
	return template.FuncMap{
		"cell":      cell,
		"fenced":    fenced,
		"file_size": fileSize,
		"nbhyph":    func(s string) string { return strings.ReplaceAll(s, "-", "&#8209;") },
		"short_id":  func(id string) string { return id[:min(8, len(id))] },
		"text":      text,
		"utc_date":  utcDate,
	}
}

// cell is a text for a cell of a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ").Replace(s)
}

// fenced is a block of text that is shown as it is, whatever is in it.
func fenced(s string) string {
	fence := "```"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	return fence + "\n" + strings.TrimSuffix(s, "\n") + "\n" + fence
}

// text is a value as people see it.
func text(v any) string {
	if n, ok := v.(int64); ok {
		return strconv.FormatInt(n, 10)
	}
	return compare.Text(v)
}

// raw is a value as programs read it.
func raw(v any) string {
	if n, ok := v.(int64); ok {
		return strconv.FormatInt(n, 10)
	}
	return compare.Raw(v)
}

// fileSize is a number of bytes as people read it; empty where none is known.
func fileSize(v any) string {
	n, ok := v.(int64)
	if !ok {
		return ""
	}
	return Size(n)
}

// Size is a number of bytes as people read it.
func Size(n int64) string {
	const units = "KMGTPE"
	if n < 1<<10 {
		return strconv.FormatInt(n, 10)
	}
	v, i := float64(n)/(1<<10), 0
	for ; v >= 1<<10; i++ {
		v /= 1 << 10
	}
	return fmt.Sprintf("%.1f%c", v, units[i])
}

// utcDate is a time in microseconds as people read it; empty where none is known.
func utcDate(v any) string {
	micros, ok := v.(int64)
	if !ok {
		return ""
	}
	return time.UnixMicro(micros).UTC().Format("2006-01-02 15:04:05 UTC")
}
