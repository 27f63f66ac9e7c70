package sched

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// tagPrefix marks tags of a run that say which resources it needs: `dask:gpu=1 mem=5e9`.
const tagPrefix = "dask:"

var errSpec = errors.New("parts must be in format KEY=VAL")

// parseResources parses `NAME=NUMBER` pairs separated by white space. It returns the valid pairs, and an error that lists the invalid ones.
// Amounts are finite and not negative.
func parseResources(spec string) (map[string]float64, error) {
	var res map[string]float64
	var invalid []string
	for _, part := range strings.Fields(spec) {
		name, val, ok := strings.Cut(part, "=")
		n, err := strconv.ParseFloat(val, 64)
		if !ok || name == "" || err != nil || !(n >= 0) || math.IsInf(n, 0) { // NaN >= 0 is false
			invalid = append(invalid, part)
			continue
		}
		if res == nil {
			res = map[string]float64{}
		}
		res[name] = n
	}
	if len(invalid) > 0 {
		return res, fmt.Errorf("ignoring invalid dask resources spec '%s': %w", strings.Join(invalid, " "), errSpec)
	}
	return res, nil
}
