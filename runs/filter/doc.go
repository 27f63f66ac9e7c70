// Package filter picks runs: Flags are the filter options that all commands share, a Filter is what they ask for, Select and
// Find turn what people type for a run (an index, a range, the start of an id) into runs.
package filter
