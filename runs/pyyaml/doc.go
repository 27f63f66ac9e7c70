// Package pyyaml reads and writes YAML with the scalar rules of PyYAML.
//
// Guild AI writes runs with PyYAML, which resolves plain scalars by YAML 1.1 (`yes` is true, `0x1f` is 31, `1:30` is 90) and not by
// YAML 1.2 as gopkg.in/yaml.v3 does. As in Guild AI, two rules differ from PyYAML's: a float needs neither a point nor a signed
// exponent (`1e3`), and single letters (`y`, `n`) are strings. Dates stay strings.
//
// A value is nil, bool, int, int64, float64, string, []any or map[string]any. Integers that do not fit into 64 bits become strings,
// so that no digit is lost.
package pyyaml
