package publish

import (
	"fmt"
	"strconv"
	"strings"
	"text/template"
	"time"

	"guild/runs/compare"
)

// functions returns the functions that templates may call in addition to those of text/template.
func functions() template.FuncMap {
	return template.FuncMap{
		"cell":      cell,
		"fenced":    fenced,
		"file_size": fileSize,
		"nbhyph":    nonBreakingHyphens,
		"short_id":  shortID,
		"text":      text,
		"utc_date":  utcDate,
	}
}

// cell escapes a text for a cell of a Markdown table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ").Replace(s)
}

// fenced returns a Markdown code block with the text, with a fence longer than any in the text.
func fenced(s string) string {
	fence := "```"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	return fence + "\n" + strings.TrimSuffix(s, "\n") + "\n" + fence
}

// text formats a value for display.
func text(v any) string {
	if n, ok := v.(int64); ok {
		return strconv.FormatInt(n, 10)
	}
	return compare.Text(v)
}

// raw formats a value for programs.
func raw(v any) string {
	if n, ok := v.(int64); ok {
		return strconv.FormatInt(n, 10)
	}
	return compare.Raw(v)
}

// fileSize formats a number of bytes; it returns an empty string if v is not a number.
func fileSize(v any) string {
	n, ok := v.(int64)
	if !ok {
		return ""
	}
	return Size(n)
}

// Size formats a number of bytes with a unit.
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

// utcDate formats a time in microseconds; it returns an empty string if v is not a number.
func utcDate(v any) string {
	micros, ok := v.(int64)
	if !ok {
		return ""
	}
	return time.UnixMicro(micros).UTC().Format("2006-01-02 15:04:05 UTC")
}

func nonBreakingHyphens(s string) string { return strings.ReplaceAll(s, "-", "&#8209;") }

func shortID(id string) string { return id[:min(8, len(id))] }
