// Package filter chooses runs. Flags are the filter options that all commands share, and a Filter is the condition that they
// make. Select and Find return the runs that a user names by index, by range or by the start of an id.
package filter
