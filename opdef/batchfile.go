package opdef

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guild/opdef/configfile"
	"guild/opdef/flagvalue"
	"guild/runs/made"
	"guild/runs/plainfile"
	"guild/runs/pyyaml"
)

// Rows reads a batch file. That is a CSV file with the names of flags in its first line, or a JSON or YAML file with a list of
// mappings from names to values, or one such mapping. An empty cell leaves the flag unset. Unless force is set, values are checked
// like those of the command line.
func (op *Operation) Rows(path string, force bool) ([]Values, error) {
	shown := path
	if !filepath.IsAbs(path) {
		shown = "./" + path
	}
	data, err := plainfile.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("batch file %s does not exist", shown)
	}
	if err != nil {
		return nil, fmt.Errorf("read batch file: %w", err)
	}
	var rows []Values
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv", "":
		rows, err = op.csvRows(data)
	case ".json", ".yaml", ".yml":
		rows, err = listedRows(path, data)
	default:
		err = errors.New("unsupported extension")
	}
	if err == nil && !force {
		err = op.checkRows(rows)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read trials for %s: %w", shown, err)
	}
	return rows, nil
}

func (op *Operation) csvRows(data []byte) ([]Values, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))))
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	if err != nil || len(records) == 0 {
		return nil, err
	}
	names := records[0]
	rows := make([]Values, 0, len(records)-1)
	for i, record := range records[1:] {
		row := Values{}
		for j, text := range record {
			if text == "" {
				continue
			}
			if j >= len(names) {
				return nil, fmt.Errorf("row %d has more values than there are names in the first line", i+1)
			}
			f := op.Flag(names[j])
			if f == nil {
				f = &Flag{Name: names[j]}
			}
			if row[f.Name], err = f.Command().Decode(text, op.FlagsDest); err != nil {
				return nil, fmt.Errorf("row %d: flag '%s': %w", i+1, f.Name, err)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func listedRows(path string, data []byte) ([]Values, error) {
	v, err := configfile.DecodeAny(path, data)
	if err != nil {
		v, err = pyyaml.Decode(data) // JSON with a trailing comma is YAML
	}
	if err != nil {
		return nil, err
	}
	var list []any
	switch v := v.(type) {
	case map[string]any:
		list = []any{v}
	case []any:
		list = v
	default:
		return nil, fmt.Errorf("invalid data type for trials: expected list or dict, got %s", pythonType(v))
	}
	rows := make([]Values, len(list))
	for i, item := range list {
		row, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("invalid data type for trial %s: expected dict", flagvalue.Flow(item))
		}
		rows[i] = row
	}
	return rows, nil
}

// pythonType returns the name of a type in Python, which users of batch files know.
func pythonType(v any) string {
	switch v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int:
		return "int"
	case float64:
		return "float"
	}
	return "str"
}

// checkRows replaces the values in rows by legal values of the flags, or returns what is wrong with one.
func (op *Operation) checkRows(rows []Values) error {
	cwd, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("find the current directory: %w", err)
	}
	for i, row := range rows {
		for _, name := range slices.Sorted(maps.Keys(row)) {
			f := op.Flag(name)
			if f == nil {
				return fmt.Errorf("row %d: %w", i+1, op.unknownFlag(name))
			}
			if row[name], err = op.checkAll(f, row[name], cwd); err != nil {
				return fmt.Errorf("row %d: %w", i+1, err)
			}
			if c := f.choice(row[name]); c != nil && row[name] != nil {
				for other, v := range c.Flags {
					if _, ok := row[other]; !ok {
						row[other] = v
					}
				}
			}
		}
	}
	return nil
}

// CheckTrialsPath returns an error if trials cannot be saved to a file of that name.
func CheckTrialsPath(path string) error {
	switch ext := filepath.Ext(path); strings.ToLower(ext) {
	case ".csv", ".json", "":
		return nil
	default:
		//lint:ignore ST1005 documents for Guild AI want it so
		return fmt.Errorf("Unsupported extension '%s' - use '.csv', '.json', or no extension", ext) //nolint:staticcheck // see above
	}
}

// SaveTrials writes trials so that Rows can read them: as JSON, or as CSV if path has that extension or none. row may change the cells
// of a line of CSV. An existing file is replaced only if replace is set.
func SaveTrials(path string, trials []Values, replace bool, row func(cells []string) []string) error {
	var data []byte
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv", "":
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		table := TrialTable(trials)
		for i, cells := range table {
			table[i] = row(cells)
		}
		if err := w.WriteAll(table); err != nil {
			return fmt.Errorf("save trials: %w", err)
		}
		data = b.Bytes()
	case ".json":
		for i, trial := range trials {
			sep := ",\n "
			if i == 0 {
				sep = "["
			}
			data = flagvalue.AppendJSON(append(data, sep...), map[string]any(trial))
		}
		data = append(data, "]\n"...)
	}
	if err := made.File(path, replace, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}); err != nil {
		return fmt.Errorf("save trials: %w", err)
	}
	return nil
}

// TrialTable returns a line with the names of all flags, and a line with the values of each trial. The cell of a flag that a trial
// does not have is empty.
func TrialTable(trials []Values) [][]string {
	known := map[string]bool{}
	for _, vals := range trials {
		for name := range vals {
			known[name] = true
		}
	}
	names := slices.Sorted(maps.Keys(known))
	table := [][]string{names}
	for _, vals := range trials {
		line := make([]string, len(names))
		for i, name := range names {
			if v, ok := vals[name]; ok {
				line[i] = flagvalue.Flow(v)
			}
		}
		table = append(table, line)
	}
	return table
}
