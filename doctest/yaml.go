package doctest

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"gopkg.in/yaml.v3"

	"guild/doctest/pystar"
	"guild/runs/pyyaml"
)

// decodeYAML reads the first document of YAML text by PyYAML's rules. Maps keep the order of their keys.
func decodeYAML(text string) (starlark.Value, error) {
	var node yaml.Node
	switch err := yaml.NewDecoder(strings.NewReader(text)).Decode(&node); {
	case errors.Is(err, io.EOF):
		return starlark.None, nil
	case err != nil:
		return nil, pystar.Errorf("YAMLError", "%s", err)
	}
	return yamlValue(&node)
}

func yamlValue(n *yaml.Node) (starlark.Value, error) {
	switch {
	case n.Kind == yaml.DocumentNode && len(n.Content) == 1:
		return yamlValue(n.Content[0])
	case n.Kind == yaml.SequenceNode:
		var list []starlark.Value
		for _, c := range n.Content {
			v, err := yamlValue(c)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return starlark.NewList(list), nil
	case n.Kind == yaml.MappingNode && (n.Tag == "" || n.Tag == "!!map") && !merges(n):
		return yamlDict(n)
	}
	v, err := pyyaml.DecodeNode(n)
	if err != nil {
		return nil, pystar.Errorf("YAMLError", "%s", err)
	}
	return goValue(v), nil
}

// merges reports whether a map takes in another one.
func merges(n *yaml.Node) bool {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Tag == "!!merge" {
			return true
		}
	}
	return false
}

func yamlDict(n *yaml.Node) (starlark.Value, error) {
	d := starlark.NewDict(len(n.Content) / 2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, err := yamlValue(n.Content[i])
		if err != nil {
			return nil, err
		}
		v, err := yamlValue(n.Content[i+1])
		if err != nil {
			return nil, err
		}
		if err := d.SetKey(k, v); err != nil {
			return nil, pystar.Errorf("YAMLError", "line %d: found unhashable key", n.Content[i].Line)
		}
	}
	return d, nil
}

// goValue turns a decoded value into one of the document language. Keys of maps are sorted.
func goValue(v any) starlark.Value {
	switch v := v.(type) {
	case nil:
		return starlark.None
	case bool:
		return starlark.Bool(v)
	case int:
		return starlark.MakeInt(v)
	case int64:
		return starlark.MakeInt64(v)
	case uint64:
		return starlark.MakeUint64(v)
	case *big.Int:
		return starlark.MakeBigInt(v)
	case float64:
		return starlark.Float(v)
	case string:
		return starlark.String(v)
	case []byte:
		return starlark.Bytes(v)
	case []any:
		list := make([]starlark.Value, len(v))
		for i, x := range v {
			list[i] = goValue(x)
		}
		return starlark.NewList(list)
	case map[string]any:
		d := starlark.NewDict(len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			_ = d.SetKey(starlark.String(k), goValue(v[k])) // text is hashable
		}
		return d
	}
	return starlark.String(fmt.Sprint(v))
}
