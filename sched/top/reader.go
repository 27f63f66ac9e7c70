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
	outputBytes = 64 << 10 // of what the chosen run has printed, its end
	watched     = 128      // directories of runs at most: the system has a limit for each user
	tabWidth    = 8
)

// Reader reads the store. One goroutine at a time uses it, but for Woken.
type Reader struct {
	catalog *catalog.Catalog
	viewer  *web.Viewer
	watcher *watch.Watcher // nil if the system has none: there are only looks from time to time then
	changes *changes
	figures figures

	output   []string
	outputOf string
	file     os.FileInfo // of the output when it was read
}

// NewReader returns a reader of a store. Close must be called.
func NewReader(c *catalog.Catalog) *Reader {
	r := &Reader{catalog: c, viewer: web.NewViewer(c), changes: &changes{root: c.Root(), ids: map[string]bool{}}}
	// Attributes of files change when locks are touched, and say nothing.
	r.watcher, _ = watch.New(fsnotify.Create|fsnotify.Write|fsnotify.Remove|fsnotify.Rename, r.changes.note)
	return r
}

// Close ends the watching.
func (r *Reader) Close() {
	if r.watcher != nil {
		r.watcher.Close()
	}
}

// Woken receives when something has changed. It is nil if the system does not tell.
func (r *Reader) Woken() <-chan struct{} {
	if r.watcher == nil {
		return nil
	}
	return r.watcher.Woken()
}

// Look looks at the store.
func (r *Reader) Look() *web.Look { return r.viewer.Look() }

// Watch watches the directories of the store that tell of changes: those of staged runs, and of some runs, the first ones if they are many.
func (r *Reader) Watch(ids []string) {
	if r.watcher == nil {
		return
	}
	dirs := []string{r.catalog.StagedPath()}
	if runtime.GOOS == "linux" { // elsewhere a watch opens each file of the directory
		dirs = append(dirs, r.catalog.Root())
	}
	for _, id := range ids[:min(len(ids), watched)] {
		dirs = append(dirs, r.run(id).GuildPath())
	}
	r.watcher.Only(dirs)
}

// Details reads what Model.Wanted names.
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

// outputLines are the last lines of what a run has printed. They are read again when its file has changed.
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

// linesOf are the lines of an output as a terminal shows them: of a line that was written over, such as a progress bar, what was written
// last, and blanks for tabs.
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

// pollEvery is how often the store is looked at if nothing is seen to happen.
const pollEvery = 3 * time.Second
