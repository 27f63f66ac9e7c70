// Package timerange reads the ranges of time that people type for `--started`: `today`, `yesterday`, `this week`, `3 days ago`,
// `last 2 hours`, `after 2026-05-01 14:00`, `before yesterday`, `between 9:00 and 12:30`.
//
//	range    = unit | last | ("before" | "after") point | "between" point "and" point | datetime
//	unit     = "today" | "yesterday" | "this" UNIT | N UNIT "ago"
//	last     = "last" [N] UNIT
//	point    = unit | datetime
//	datetime = date [time] | time
//	date     = YYYY-MM-DD | YY-MM-DD | MM-DD       time = HH:MM[:SS]
//
// UNIT is minute (min), hour (hr), day, week, month or year, with or without an s. Case does not matter. A unit range is a unit
// of the calendar as a whole: `2 hours ago`, asked at 14:35, is from 12:00 to 13:00, and a week begins on Monday. `last 2 hours`
// is exact: from 12:35 on. `last week`, `last month` and `last year` are what people mean by them, the calendar unit before this
// one; a number makes them exact too.
package timerange
