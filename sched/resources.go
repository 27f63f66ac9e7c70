package sched

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// tagPrefix marks the tags of a run that name what it needs: `dask:gpu=1 mem=5e9`.
const tagPrefix = "dask:"

var errSpec = errors.New("parts must be in format KEY=VAL")

// parseResources reads `NAME=NUMBER` pairs that are separated by white space. The error names the parts that are none; the others
// hold. Amounts are finite and not negative.
func parseResources(spec string) (map[string]float64, error) {
	var res map[string]float64
	var invalid []string
	for _, part := range strings.Fields(spec) {
		name, val, ok := strings.Cut(part, "=")
		n, err := strconv.ParseFloat(val, 64)
		if !ok || name == "" || err != nil || !(n >= 0) || math.IsInf(n, 0) { // no NaN is >= 0
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
