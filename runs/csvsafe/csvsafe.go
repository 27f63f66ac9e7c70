// Package csvsafe makes cells of CSV files safe for spreadsheets. A spreadsheet takes a cell that begins with certain characters for a
// formula, which can send data elsewhere or start programs.
package csvsafe

import (
	"strconv"
	"strings"
)

// Cell returns a cell that no spreadsheet takes for a formula: an apostrophe comes before it where that is needed. Numbers stay as they
// are.
func Cell(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return s
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return s
	}
	return "'" + s
}

// Row returns a row of safe cells, see Cell.
func Row(cells []string) []string {
	safe := make([]string, len(cells))
	for i, c := range cells {
		safe[i] = Cell(c)
	}
	return safe
}

// If returns Row if on is set, and otherwise a function that changes nothing.
func If(on bool) func(cells []string) []string {
	if on {
		return Row
	}
	return func(cells []string) []string { return cells }
}
