// Package pyyaml reads and writes YAML with the scalar rules of PyYAML.
//
// Run stores that exist were written by PyYAML, which resolves plain scalars by YAML 1.1 (`yes` is true, `0x1f` is 31,
// `1:30` is 90) and not by YAML 1.2 as gopkg.in/yaml.v3 does. Two rules differ from PyYAML's own, as in Guild AI: a float
// needs neither a point nor a signed exponent (`1e3`), and single letters (`y`, `n`) are strings. Dates stay strings.
//
// Values are any of: nil, bool, int64 or int, float64, string, []any, map[string]any. Integers that do not fit 64 bits are
// kept as strings, so that nothing is lost.
package pyyaml
