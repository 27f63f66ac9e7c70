package top

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"guild/runs"
	"guild/runs/catalog"
	"guild/sched/watch"
	"guild/sched/web"
)

const (
	outputBytes = 64 << 10 // how much of the chosen run's output is read, from its end
	watched     = 128      // most directories of runs to watch: the system has a limit for each user
	tabWidth    = 8
)

// Reader reads the store. Only one goroutine may use it at a time, except for Woken.
type Reader struct {
	catalog *catalog.Catalog
	viewer  *web.Viewer
	watcher *watch.Watcher // nil if the system does not support it; then the store is only polled
	changes *changes
	figures figures

	output   []string
	outputOf string
	file     os.FileInfo // of the output when it was last read
}

// NewReader returns a reader of a store. Close must be called.
func NewReader(c *catalog.Catalog) *Reader {
	r := &Reader{catalog: c, viewer: web.NewViewer(c), changes: &changes{root: c.Root(), ids: map[string]bool{}}}
	// Changes of file attributes are left out: touching a lock causes them.
	r.watcher, _ = watch.New(fsnotify.Create|fsnotify.Write|fsnotify.Remove|fsnotify.Rename, r.changes.note)
	return r
}

// Close stops the watcher.
func (r *Reader) Close() {
	if r.watcher != nil {
		r.watcher.Close()
	}
}

// Woken returns a channel that receives after changes; nil if the system does not report changes.
func (r *Reader) Woken() <-chan struct{} {
	if r.watcher == nil {
		return nil
	}
	return r.watcher.Woken()
}

// Look looks at the store.
func (r *Reader) Look() *web.Look { return r.viewer.Look() }

// Watch watches the directories of the store whose changes matter: those of staged runs and of the given runs, but only of the first 128.
func (r *Reader) Watch(ids []string) {
	if r.watcher == nil {
		return
	}
	dirs := []string{r.catalog.StagedPath()}
	if runtime.GOOS == "linux" { // on other systems a watch opens each file of the directory
		dirs = append(dirs, r.catalog.Root())
	}
	for _, id := range ids[:min(len(ids), watched)] {
		dirs = append(dirs, r.run(id).GuildPath())
	}
	r.watcher.Only(dirs)
}

// Details reads the details of the runs that Model.Wanted returned.
func (r *Reader) Details(chosen string, running []string) Details {
	list := make([]*runs.Run, len(running))
	for i, id := range running {
		list[i] = r.run(id)
	}
	d := Details{OutputOf: chosen, Figures: r.figures.update(list, r.changes.take())}
	if chosen != "" {
		d.Output = r.outputLines(chosen)
	}
	return d
}

func (r *Reader) run(id string) *runs.Run { return runs.Named(id, filepath.Join(r.catalog.Root(), id)) }

// outputLines returns the last lines of a run's output. It reads them again if the file has changed.
func (r *Reader) outputLines(id string) []string {
	run := r.run(id)
	st, err := os.Stat(run.GuildPath("output"))
	if err != nil {
		st = nil
	}
	if same := st != nil && r.file != nil && os.SameFile(st, r.file) && st.Size() == r.file.Size() && st.ModTime().Equal(r.file.ModTime()); same && id == r.outputOf {
		return r.output
	}
	text, err := web.Tail(run, outputBytes)
	switch {
	case errors.Is(err, runs.ErrNotFound):
		text = ""
	case err != nil:
		text = err.Error()
	}
	r.output, r.outputOf, r.file = linesOf(text), id, st
	return r.output
}

// linesOf returns the lines of an output as a terminal shows them: of a line that was overwritten, such as a progress bar, the last
// version, and blanks for tabs.
func linesOf(text string) []string {
	if text == "" {
		return nil
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		line = strings.TrimRight(line, "\r")
		line = line[strings.LastIndexByte(line, '\r')+1:]
		if strings.Contains(line, "\t") {
			line = withoutTabs(line)
		}
		lines[i] = line
	}
	return lines
}

func withoutTabs(line string) string {
	var b strings.Builder
	column := 0
	for _, c := range line {
		if c != '\t' {
			b.WriteRune(c)
			column++
			continue
		}
		n := tabWidth - column%tabWidth
		b.WriteString(strings.Repeat(" ", n))
		column += n
	}
	return b.String()
}

// pollEvery is the time between looks at the store if no change is seen.
const pollEvery = 3 * time.Second
