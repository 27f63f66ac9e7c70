package runs

import (
	"io/fs"
	"os"

	"guild/runs/opref"
	"guild/runs/sharedfs"
)

// View answers the questions that can be asked about a run. The View of a Run reads the disk for each answer; that of a snapshot, see
// package catalog, answers from what was read before, and reads the disk for the rest. Nothing can be changed by means of a View.
type View struct {
	ID  string // directory name in a store
	Dir string // absolute path

	source Source // nil: the disk
}

// Viewer is a *Run, a snapshot, or a *View itself.
type Viewer interface{ AsView() *View }

// Views returns the views of several runs or snapshots.
func Views[R Viewer](list []R) []*View {
	views := make([]*View, len(list))
	for i, r := range list {
		views[i] = r.AsView()
	}
	return views
}

// AsView returns r.
func (r *View) AsView() *View { return r }

// Source has what was read of the .guild directory of a run, and keeps what was computed from files of the run.
type Source interface {
	// Phase is the name of the entry that has the run's phase, empty if there was none.
	Phase() string
	// File returns the content of a file in .guild, whose path is prefix and name together. present says whether it was there; where known
	// is false the disk is to be asked.
	File(prefix, name string) (content []byte, present, known bool)
	// Has reports whether there was a name in .guild.
	Has(name string) (present, known bool)
	// AttrNames are the names of the attributes, sorted.
	AttrNames() []string
	// Opref is ParseOpref, of which a source can remember the results.
	Opref(data []byte) opref.Ref

	// Derived returns what KeepDerived was given under a name. That .guild and its attributes are unchanged since then is certain; whether
	// other files are is for the caller to find out.
	Derived(name string) (data []byte, ok bool)
	// CanKeep reports whether KeepDerived has an effect.
	CanKeep() bool
	// KeepDerived keeps what was derived from files of the run until .guild or its attributes change. newest is the latest stamp of these
	// files. No file in .guild has this name.
	KeepDerived(name string, newest int64, data []byte)
	// Stamp is sharedfs.Stamp of a path relative to the run.
	Stamp(path string) (int64, error)
}

// NewView returns a view of the run of an id in dir that answers from a source.
func NewView(id, dir string, s Source) View { return View{ID: id, Dir: dir, source: s} }

// Run returns the run itself, to be looked at anew or changed.
func (r *View) Run() *Run { return Named(r.ID, r.Dir) }

// Source returns where the view answers from, nil for the disk.
func (r *View) Source() Source { return r.source }

// attrData returns the content of an attribute's file.
func (r *View) attrData(name string) ([]byte, error) {
	if r.source != nil {
		if content, present, known := r.source.File("attrs/", name); known {
			return content, absent(present)
		}
	}
	return sharedfs.ReadFile(r.attrPath(name))
}

// guildData returns the content of a file in .guild.
func (r *View) guildData(name string) ([]byte, error) {
	if r.source != nil {
		if content, present, known := r.source.File("", name); known {
			return content, absent(present)
		}
	}
	return sharedfs.ReadFile(r.GuildPath(name))
}

func absent(present bool) error {
	if present {
		return nil
	}
	return fs.ErrNotExist
}

// hasGuild reports a name in .guild.
func (r *View) hasGuild(name string) bool {
	if r.source != nil {
		if present, known := r.source.Has(name); known {
			return present
		}
	}
	_, err := os.Stat(r.GuildPath(name))
	return err == nil
}

// PhaseName returns the name of the entry that has the phase of the run, empty if there is none.
func (r *View) PhaseName() (string, error) {
	p, err := r.phase()
	return p.Name(), err
}
