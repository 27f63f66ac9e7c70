// Package timerange parses the ranges of time that users write for `--started`: `today`, `yesterday`, `this week`, `3 days ago`,
// `last 2 hours`, `after 2026-05-01 14:00`, `before yesterday`, `between 9:00 and 12:30`.
//
//	range    = unit | last | ("before" | "after") point | "between" point "and" point | datetime
//	unit     = "today" | "yesterday" | "this" UNIT | N UNIT "ago"
//	last     = "last" [N] UNIT
//	point    = unit | datetime
//	datetime = date [time] | time
//	date     = YYYY-MM-DD | YY-MM-DD | MM-DD       time = HH:MM[:SS]
//
// UNIT is minute (min), hour (hr), day, week, month or year, in the singular or plural. Upper and lower case are equal. A `unit` is a
// whole unit of the calendar: at 14:35, `2 hours ago` is the range from 12:00 to 13:00. A week begins on Monday. `last N UNIT` is a
// range of exactly that length: at 14:35, `last 2 hours` begins at 12:35. Without a number, `last week`, `last month` and `last year`
// are the previous unit of the calendar.
package timerange
