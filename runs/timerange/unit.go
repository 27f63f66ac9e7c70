package timerange

import "time"

// unit is a unit of the calendar.
type unit int

const (
	second unit = iota
	minute
	hour
	day
	week
	month
	year
)

// after returns the time n units after t.
func (u unit) after(t time.Time, n int) time.Time {
	switch u {
	case second:
		return t.Add(time.Duration(n) * time.Second)
	case minute:
		return t.Add(time.Duration(n) * time.Minute)
	case hour:
		return t.Add(time.Duration(n) * time.Hour)
	case day:
		return t.AddDate(0, 0, n)
	case week:
		return t.AddDate(0, 0, 7*n)
	case month:
		return t.AddDate(0, n, 0)
	}
	return t.AddDate(n, 0, 0)
}

// start returns the beginning of the unit that contains t.
func (u unit) start(t time.Time) time.Time {
	y, mo, d := t.Date()
	at := func(mo time.Month, d, h, m int) time.Time { return time.Date(y, mo, d, h, m, 0, 0, t.Location()) }
	switch u {
	case second:
		return t.Truncate(time.Second)
	case minute:
		return at(mo, d, t.Hour(), t.Minute())
	case hour:
		return at(mo, d, t.Hour(), 0)
	case day:
		return at(mo, d, 0, 0)
	case week:
		sinceMonday := (int(t.Weekday()) + 6) % 7
		return at(mo, d-sinceMonday, 0, 0)
	case month:
		return at(mo, 1, 0, 0)
	}
	return at(time.January, 1, 0, 0)
}

// around returns the whole unit that is n units after the one that contains t.
func (u unit) around(t time.Time, n int) Range {
	start := u.after(u.start(t), n)
	return Range{start, u.after(start, 1)}
}
