// Package gpu handles the GPUs of this host: which there are, their names, locks for exclusive use, and their utilization.
package gpu

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Auto is the specification that stands for all GPUs of the host.
const Auto = "auto"

// Parse parses names of GPUs separated by commas, as in CUDA_VISIBLE_DEVICES: numbers, and UUIDs of GPUs and MIG devices, which are not
// checked. It removes duplicates. If all names are numbers it sorts them, so that `1,0` is `0,1`.
func Parse(spec string) ([]string, error) {
	var names []string
	numbers := true
	for part := range strings.SplitSeq(spec, ",") {
		name := strings.TrimSpace(part)
		if name == "" || strings.ContainsAny(name, " \t\n\x00") {
			return nil, fmt.Errorf("GPUs %q: write names such as 0,1 or GPU-8932f937, separated by commas", spec)
		}
		if n, err := strconv.Atoi(name); err == nil && n >= 0 {
			name = strconv.Itoa(n)
		} else if err == nil {
			return nil, fmt.Errorf("GPUs %q: %d is no GPU", spec, n)
		} else {
			numbers = false
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if numbers {
		slices.SortFunc(names, func(a, b string) int {
			x, _ := strconv.Atoi(a)
			y, _ := strconv.Atoi(b)
			return x - y
		})
	}
	return names, nil
}
