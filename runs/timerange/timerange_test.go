package timerange

import (
	"errors"
	"testing"
	"time"
)

// ref is a Wednesday.
var ref = time.Date(2024, 7, 17, 15, 42, 9, 500, time.UTC)

func TestParse(t *testing.T) {
	for _, tt := range []struct{ text, start, end string }{
		{"today", "2024-07-17 00:00:00", "2024-07-18 00:00:00"},
		{"  Yesterday ", "2024-07-16 00:00:00", "2024-07-17 00:00:00"},
		{"this minute", "2024-07-17 15:42:00", "2024-07-17 15:43:00"},
		{"this hr", "2024-07-17 15:00:00", "2024-07-17 16:00:00"},
		{"this week", "2024-07-15 00:00:00", "2024-07-22 00:00:00"},
		{"this month", "2024-07-01 00:00:00", "2024-08-01 00:00:00"},
		{"this YEAR", "2024-01-01 00:00:00", "2025-01-01 00:00:00"},
		{"3 mins ago", "2024-07-17 15:39:00", "2024-07-17 15:40:00"},
		{"16 hours ago", "2024-07-16 23:00:00", "2024-07-17 00:00:00"},
		{"17 days ago", "2024-06-30 00:00:00", "2024-07-01 00:00:00"},
		{"2 weeks ago", "2024-07-01 00:00:00", "2024-07-08 00:00:00"},
		{"5 months ago", "2024-02-01 00:00:00", "2024-03-01 00:00:00"},
		{"1 year ago", "2023-01-01 00:00:00", "2024-01-01 00:00:00"},
		{"last hour", "2024-07-17 14:42:09", ""},
		{"last 90 min", "2024-07-17 14:12:09", ""},
		{"last 2 days", "2024-07-15 15:42:09", ""},
		{"last week", "2024-07-08 00:00:00", "2024-07-15 00:00:00"},
		{"last 2 weeks", "2024-07-03 15:42:09", ""},
		{"last month", "2024-06-01 00:00:00", "2024-07-01 00:00:00"},
		{"last 1 year", "2023-07-17 15:42:09", ""},
		{"before 2023-12-31", "", "2023-12-31 00:00:00"},
		{"before 23-1-2 8:05", "", "2023-01-02 08:05:00"},
		{"before 3-4", "", "2024-03-04 00:00:00"},
		{"before today", "", "2024-07-17 00:00:00"},
		{"after 2 hours ago", "2024-07-17 14:00:00", ""},
		{"after yesterday", "2024-07-17 00:00:00", ""},
		{"after 8:05:06", "2024-07-17 08:05:06", ""},
		{"between yesterday and today", "2024-07-16 00:00:00", "2024-07-18 00:00:00"},
		{"between today and yesterday", "2024-07-16 00:00:00", "2024-07-18 00:00:00"},
		{"between 9:00 and 12:30", "2024-07-17 09:00:00", "2024-07-17 12:30:00"},
		{"between 2-1 and 1-15", "2024-01-15 00:00:00", "2024-02-01 00:00:00"},
		{"between 2023-1-1 and 3 days ago", "2023-01-01 00:00:00", "2024-07-15 00:00:00"},
		{"10:00", "2024-07-17 10:00:00", "2024-07-17 10:01:00"},
		{"2024-2-29", "2024-02-29 00:00:00", "2024-03-01 00:00:00"},
		{"2024-2-29 23:59:59", "2024-02-29 23:59:59", "2024-03-01 00:00:00"},
	} {
		r, err := Parse(tt.text, ref)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if got := form(r.Start); got != tt.start {
			t.Errorf("%s: start %q, want %q", tt.text, got, tt.start)
		}
		if got := form(r.End); got != tt.end {
			t.Errorf("%s: end %q, want %q", tt.text, got, tt.end)
		}
	}
}

func form(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02 15:04:05")
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct {
		text   string
		pos    int
		reason string
	}{
		{"", 0, "something is missing"},
		{"aftr last week", 0, "unexpected 'aftr'"},
		{"after the flood", 6, "unexpected 'the'"},
		{"last", 4, "something is missing"},
		{"last 3 today", 7, "unexpected 'today'"},
		{"3 days", 6, "something is missing"},
		{"today today", 6, "unexpected 'today'"},
		{"before last week", 7, "unexpected 'last'"},
		{"between 9:00 or 10:00", 13, "unexpected 'or'"},
		{"before 2023-2-29", 7, "no such day '2023-2-29'"},
		{"before 13-1", 7, "no such day '13-1'"},
		{"after 10:00 ", 12, ""},
		{"after 24:00", 6, "no such time '24:00'"},
		{"1:2", 0, "unexpected '1:2'"},
		{"2015-01-03-01", 0, "unexpected '2015-01-03-01'"},
		{"yearsss", 0, "unexpected 'yearsss'"},
		{"last 9999999 days", 5, "unexpected '9999999'"},
	} {
		_, err := Parse(tt.text, ref)
		if tt.reason == "" {
			if err != nil {
				t.Errorf("%q: %v", tt.text, err)
			}
			continue
		}
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Pos != tt.pos || syntax.Reason != tt.reason {
			t.Errorf("%q: %v, want %q at %d", tt.text, err, tt.reason, tt.pos)
		}
	}
}

func TestContains(t *testing.T) {
	r := Range{ref, ref.Add(time.Hour)}
	for at, want := range map[time.Time]bool{
		ref: true, ref.Add(time.Hour): false, ref.Add(-1): false, ref.Add(time.Minute): true,
	} {
		if r.Contains(at) != want {
			t.Errorf("%v: %v", at, !want)
		}
	}
	if !(Range{}).Contains(ref) || (Range{End: ref}).Contains(ref) || !(Range{Start: ref}).Contains(ref) {
		t.Error("open ranges")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"today", "last 2 hours", "between 1-1 and 2019-5-1 10:00:01", "before 3 months ago", "24:00", "1-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := Parse(s, ref)
		var syntax *SyntaxError
		switch {
		case err == nil && !r.Start.IsZero() && !r.End.IsZero() && r.End.Before(r.Start):
			t.Errorf("%q ends before it starts: %v", s, r)
		case err != nil && (!errors.As(err, &syntax) || syntax.Pos < 0 || syntax.Pos > len(s)):
			t.Errorf("%q: %v", s, err)
		}
	})
}
