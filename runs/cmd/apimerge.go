package cmd

import (
	"errors"
	"path/filepath"

	"guild/runs"
	"guild/runs/catalog"
	"guild/runs/console"
	"guild/runs/listing"
	"guild/runs/merge"
)

// APIMerge performs a merge for programs, in the form of Guild AI: it asks no questions and writes the result as JSON.
type APIMerge struct {
	Merged
	console.Formatted
}

// mergeAnswer is the result of a merge. Resp determines which of the other fields are set.
type mergeAnswer struct {
	Copied    []string     `json:"copied,omitempty"`
	Paths     []string     `json:"paths,omitempty"`
	Resp      string       `json:"resp"` // ok, nothing-to-copy, preview, replacement-paths, unstaged-paths
	Run       *mergedRun   `json:"run,omitempty"`
	TargetDir string       `json:"targetDir,omitempty"`
	ToCopy    []mergedFile `json:"toCopy,omitzero"`
	ToSkip    []mergedFile `json:"toSkip,omitzero"`
}

// mergedFile is a file of the run: o, s or d for one that the operation generated, source code and dependencies.
type mergedFile struct {
	FileType   string  `json:"fileType"`
	Reason     string  `json:"reason,omitempty"`
	RunPath    string  `json:"runPath"`
	TargetPath *string `json:"targetPath"`
}

type mergedRun struct {
	Dir        string   `json:"dir"`
	ID         string   `json:"id"`
	Label      string   `json:"label"`
	OpRef      apiOpref `json:"opRef"`
	Operation  string   `json:"operation"`
	ProjectDir string   `json:"projectDir"`
	ShortID    string   `json:"shortId"`
	Started    string   `json:"started"`
	Status     string   `json:"status"`
	Stopped    string   `json:"stopped"`
}

// Run copies the files, or writes the reason why not.
func (k *APIMerge) Run(c *console.Console, s *catalog.Catalog) error {
	if !k.Preview && !k.Yes {
		return errors.New("--yes is required unless --preview is used: nothing is asked here")
	}
	r, target, plan, err := k.prepare(c, s)
	if err != nil {
		return err
	}
	replaced, unstaged, err := k.lost(plan, target)
	switch {
	case err != nil:
		return err
	case len(replaced) > 0:
		return k.Write(c, mergeAnswer{Resp: "replacement-paths", Paths: replaced})
	case len(unstaged) > 0:
		return k.Write(c, mergeAnswer{Resp: "unstaged-paths", Paths: unstaged})
	case k.Preview:
		return k.preview(c, r, plan, target)
	case len(plan.Copy) == 0:
		return k.Write(c, mergeAnswer{Resp: "nothing-to-copy"})
	}
	answer := mergeAnswer{Resp: "ok"}
	if err := plan.Apply(func(f merge.File) { answer.Copied = append(answer.Copied, f.Target) }); err != nil {
		return err
	}
	return k.Write(c, answer)
}

func (k *APIMerge) preview(c *console.Console, r *runs.Run, plan *merge.Plan, target string) error {
	dir, err := filepath.Abs(target)
	if err != nil {
		return err
	}
	i := newInfo(r.AsView())
	answer := mergeAnswer{Resp: "preview", TargetDir: dir, ToCopy: []mergedFile{}, ToSkip: []mergedFile{}, Run: &mergedRun{
		Dir: r.Dir, ID: r.ID, Label: r.Label(), OpRef: newAPIOpref(r.Opref()), Operation: r.OpSpec(), ProjectDir: r.Opref().Dir(),
		ShortID: r.ShortID(), Started: listing.Time(r.Started()), Status: string(i.state.Status), Stopped: listing.Time(i.stopped()),
	}}
	for _, f := range plan.Copy {
		answer.ToCopy = append(answer.ToCopy, newMergedFile(f, ""))
	}
	for _, f := range plan.Skip {
		answer.ToSkip = append(answer.ToSkip, newMergedFile(f, skipCode(f.Reason)))
	}
	return k.Write(c, answer)
}

func newMergedFile(f merge.File, reason string) mergedFile {
	m := mergedFile{FileType: f.Kind(), Reason: reason, RunPath: f.Path}
	if m.FileType == "" {
		m.FileType = "o"
	}
	if reason != "npd" {
		m.TargetPath = &f.Target
	}
	return m
}

// skipCode returns Guild AI's code for a reason.
func skipCode(reason string) string {
	switch reason {
	case merge.NonProjectDependency:
		return "npd"
	case merge.SkippedSourcecode:
		return "s"
	case merge.SkippedDependency:
		return "d"
	case merge.Excluded:
		return "x"
	case merge.Unchanged:
		return "u"
	}
	return "?"
}
