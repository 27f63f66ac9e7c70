package flagvalue

import (
	"fmt"
	"math"
	"strings"

	"guild/runs/pyyaml"
)

// maxSequence limits the number of values that one text expands to.
const maxSequence = 100_000

// splitFunction splits NAME[ARG:ARG...]. Without a name there must be at least two arguments, without brackets, braces, commas, quotes
// and spaces; other texts in brackets are lists.
func splitFunction(s string) (name string, args []string, ok bool) {
	i := strings.IndexByte(s, '[')
	if i < 0 || !strings.HasSuffix(s, "]") || strings.IndexByte(s, '*') > 0 {
		return "", nil, false
	}
	name, body := s[:i], s[i+1:len(s)-1]
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") != "" {
		return "", nil, false
	}
	if name == "" && (!strings.Contains(body, ":") || strings.ContainsAny(body, "[]{},'\"")) {
		return "", nil, false
	}
	for _, a := range strings.Split(body, ":") {
		a = strings.TrimSpace(a)
		if name == "" && strings.ContainsAny(a, " \t") {
			return "", nil, false
		}
		args = append(args, a)
	}
	return name, args, true
}

// isSequence reports whether name is a function that expands to a list.
func isSequence(name string) bool {
	switch name {
	case "range", "linspace", "logspace":
		return true
	}
	return false
}

// sequence expands a sequence. If name is not a sequence, the value is the text itself.
func sequence(text, name string, args []string) (any, error) {
	var need, most int
	switch name {
	case "range":
		need, most = 1, 3
	case "linspace":
		need, most = 2, 3
	case "logspace":
		need, most = 2, 4
	default:
		return text, nil
	}
	if len(args) == 1 && args[0] == "" {
		args = nil
	}
	if len(args) < need || len(args) > most {
		return nil, fmt.Errorf("%s takes %d to %d numbers separated by colons, not '%s'", name, need, most, text)
	}
	nums := make([]float64, len(args))
	ints := true
	for i, a := range args {
		v := DecodeScalar(a, a)
		var ok bool
		if nums[i], ok = pyyaml.Number(v); !ok {
			return nil, fmt.Errorf("'%s' in '%s' is not a number", a, text)
		}
		_, isInt := v.(int)
		ints = ints && isInt
	}
	switch name {
	case "range":
		return rangeValues(text, nums, ints)
	case "linspace":
		return spaced(text, nums, func(f float64) float64 { return f })
	default:
		base := 10.0
		if len(nums) == 4 {
			base, nums = nums[3], nums[:3]
		}
		return spaced(text, nums, func(f float64) float64 { return math.Pow(base, f) })
	}
}

// rangeValues counts from START to END, both included. A single number N counts from 0 to N-1.
func rangeValues(text string, nums []float64, ints bool) (any, error) {
	start, end, step := 0.0, nums[0]-1, 1.0
	if len(nums) > 1 {
		start, end = nums[0], nums[1]
	}
	if len(nums) > 2 {
		step = nums[2]
	}
	// The tolerance makes range[0:0.3:0.1] include 0.3 in spite of rounding.
	n := math.Floor((end-start)/step+1e-9) + 1
	if step == 0 || math.IsNaN(n) || n > maxSequence {
		return nil, fmt.Errorf("'%s' has no end", text)
	}
	out := make([]any, 0, max(0, int(n)))
	for i := range int(max(0, n)) {
		v := start + float64(i)*step
		if ints {
			out = append(out, int(v))
		} else {
			out = append(out, tidy(v))
		}
	}
	return out, nil
}

func spaced(text string, nums []float64, at func(float64) float64) (any, error) {
	count := 5.0
	if len(nums) > 2 {
		count = nums[2]
	}
	if !(count >= 0 && count <= maxSequence) || count != math.Trunc(count) {
		return nil, fmt.Errorf("the third number of '%s' is not a count of values", text)
	}
	out := make([]any, int(count))
	for i := range out {
		f := nums[0]
		if count > 1 {
			f += (nums[1] - nums[0]) * float64(i) / (count - 1)
		}
		out[i] = tidy(at(tidy(f)))
	}
	return out, nil
}

// tidy rounds off the last digits of a float, which are rounding errors: 0.30000000000000004 becomes 0.3.
func tidy(f float64) float64 {
	if f == 0 || math.IsInf(f, 0) || math.IsNaN(f) {
		return f
	}
	scale := math.Pow(10, 14-math.Ceil(math.Log10(math.Abs(f))))
	if math.IsInf(scale, 0) || scale == 0 {
		return f
	}
	return math.Round(f*scale) / scale
}

// IsFunction reports whether a text has the form of a search space or a sequence: NAME[ARG:ARG...] or [ARG:ARG].
func IsFunction(text string) bool {
	_, _, ok := splitFunction(text)
	return ok
}
