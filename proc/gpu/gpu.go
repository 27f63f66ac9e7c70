// Package gpu is about the GPUs of this host: their names, which there are, which one is taken, and how much each is used.
package gpu

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Auto is the specification that stands for all GPUs of the host.
const Auto = "auto"

// Parse reads names of GPUs that are separated by commas, as CUDA_VISIBLE_DEVICES has them: numbers, and UUIDs of GPUs and MIG devices,
// which are taken as they are. Each is there once. Numbers alone are in their order, so that `1,0` is `0,1`.
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
