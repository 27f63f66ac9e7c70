package scalars

import (
	"bufio"
	"encoding/json"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"guild/runs/metrics"
)

// Names of the files in .guild to which the processes of an operation log with the Python package, each process to its own file.
const (
	loggedPrefix = "logged."
	loggedSuffix = ".jsonl"
	loggedAttrs  = ".attrs" + loggedSuffix
)

func isLogged(name string) bool {
	return strings.HasPrefix(name, loggedPrefix) && strings.HasSuffix(name, loggedSuffix)
}

// findLogged adds a file in .guild if the operation logged to it.
func (m *metricFiles) findLogged(in *place, name string) {
	file := metricFile{File: metrics.Objects(".guild"), in: in, name: name, logged: true}
	switch base := strings.TrimPrefix(name, ".guild/"); {
	case !isLogged(base):
	case strings.HasSuffix(base, loggedAttrs):
		m.attrs = append(m.attrs, file)
	default:
		m.files = append(m.files, file)
	}
}

// loggedName returns the directory and tag of a scalar that was logged in dir. The name DIRECTORY#TAG is that of a writer for a directory of
// the run.
func (in *place) loggedName(dir, name string) (of, tag string) {
	if sub, tag, found := strings.Cut(name, "#"); found && sub != "" {
		return path.Join(in.prefix, sub), tag
	}
	return dir, name
}

// readAttrs calls f for each attribute in the file, as if it were in an event file of attributes. It skips lines that are not objects, such
// as an incomplete last line.
func (file metricFile) readAttrs(f func(dir string, ofAttrs bool, e event, v value)) error {
	return file.open(func(r io.Reader) error {
		const longest = 1 << 20 // bytes
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, longest)
		dir := strings.TrimPrefix(file.in.prefix+"/.guild", "/")
		for lines.Scan() {
			var attrs map[string]any
			if json.Unmarshal(lines.Bytes(), &attrs) != nil {
				continue
			}
			for _, name := range slices.Sorted(maps.Keys(attrs)) {
				f(dir, true, event{}, value{tag: name, text: textOf(attrs[name]), isText: true})
			}
		}
		return nil // a line that is too long ends the file: what follows is unreliable
	})
}

// textOf returns the value as attributes in event files have it: texts as they are, and other values as JSON, which YAML reads too.
func textOf(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	data, err := json.Marshal(v)
	if err != nil {
		return "" // cannot happen: it was decoded from JSON
	}
	return string(data)
}
