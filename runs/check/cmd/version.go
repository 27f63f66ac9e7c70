package cmd

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// CheckVersion returns an error unless a version meets the requirement, if there is one: all of several tests such as >=0.1, <1, !=0.2 and
// ==0.1, separated by commas. A version without an operator must be equal.
func (k *Check) CheckVersion(version string) error {
	have, _ := versionNumbers(version)
	for test := range strings.SplitSeq(k.Version, ",") {
		if test = strings.TrimSpace(test); test == "" && k.Version == "" {
			continue
		}
		number := strings.TrimLeft(test, "<>=!")
		want, ok := versionNumbers(strings.TrimSpace(number))
		order := compareVersions(have, want)
		var met bool
		switch strings.TrimSuffix(test, number) {
		case "", "=", "==":
			met = order == 0
		case "!=":
			met = order != 0
		case "<":
			met = order < 0
		case "<=":
			met = order <= 0
		case ">":
			met = order > 0
		case ">=":
			met = order >= 0
		default:
			ok = false
		}
		if !ok {
			return fmt.Errorf("'%s' is no test of a version: write such as --version '>=0.1' or --version '>=0.1,<1'", test)
		}
		if !met {
			return fmt.Errorf("version mismatch: current version '%s' does not match '%s'", version, k.Version)
		}
	}
	return nil
}

// versionNumbers returns the numbers that a version begins with.
func versionNumbers(version string) (numbers []int, ok bool) {
	version = strings.TrimPrefix(version, "v")
	if i := strings.IndexAny(version, "-+"); i >= 0 {
		version = version[:i]
	}
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return numbers, false
		}
		numbers = append(numbers, n)
	}
	return numbers, true
}

// compareVersions compares versions; missing numbers count as 0.
func compareVersions(a, b []int) int {
	at := func(list []int, i int) int {
		if i < len(list) {
			return list[i]
		}
		return 0
	}
	for i := range max(len(a), len(b)) {
		if order := cmp.Compare(at(a, i), at(b, i)); order != 0 {
			return order
		}
	}
	return 0
}
