package opdef

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"guild/opdef/python"
	"guild/runs/plainfile"
	"guild/runs/pyyaml"
)

// DestParams is the destination of flags that a Quarto document has as params.
const DestParams = "params"

// importParams completes the flags by the params of a Quarto document's front matter, as flags-import says.
func (op *Operation) importParams() error {
	op.FlagsDest = DestParams
	if mode := op.FlagsImport.Mode; mode == ImportNone || mode == ImportDefined && len(op.Flags) == 0 {
		return nil
	}
	data, err := plainfile.Read(filepath.Join(op.sourceDir(), op.document))
	if err != nil {
		return fmt.Errorf("read the flags of operation '%s': %w", op.FullName(), err)
	}
	head, err := pyyaml.Decode(frontMatter(data))
	if err != nil {
		return fmt.Errorf("read the flags of %s: its front matter: %w", op.document, err)
	}
	m, _ := head.(map[string]any)
	params, _ := m["params"].(map[string]any)
	var found []python.Flag
	for _, name := range slices.Sorted(maps.Keys(params)) {
		v := params[name]
		if described, ok := v.(map[string]any); ok {
			v = described["value"]
		}
		switch v.(type) {
		case []any, map[string]any: // are no values of flags
		default:
			found = append(found, configFlag(name, v))
		}
	}
	return op.importAll(found, op.document)
}

// frontMatter is the YAML at the start of a document, between lines of three dashes.
func frontMatter(doc []byte) []byte {
	var head []byte
	inside := false
	for line := range bytes.Lines(doc) {
		switch isFence := string(bytes.TrimRight(line, " \t\r\n")) == "---"; {
		case isFence && inside:
			return head
		case isFence:
			inside = true
		case inside:
			head = append(head, line...)
		default:
			return nil
		}
	}
	return nil
}

// paramArgs are options of quarto. Values are written so that YAML has them as what they are.
func (c Command) paramArgs(vals Values) []string {
	var args []string
	for _, name := range slices.Sorted(maps.Keys(vals)) {
		f, v := c.Flags[name], vals[name]
		if f.ArgSkip || v == nil {
			continue
		}
		text := encodeJSON(v)
		if enc, ok := f.ArgEncoding[FormatValue(v)]; ok {
			text = enc
		}
		if f.ArgName != "" {
			name = f.ArgName
		}
		args = append(args, "-P", name+":"+text)
	}
	return args
}
