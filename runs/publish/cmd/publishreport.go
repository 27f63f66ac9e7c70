package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"guild/opdef"
	"guild/opdef/project"
	"guild/proc/invocation"
	"guild/runs"
	"guild/runs/manifest"
	"guild/runs/publish"
	"guild/runs/runfiles"
)

// publishing returns what the operation of a run defines about its reports.
func publishing(d *project.Definitions, r *runs.Run) opdef.Publish {
	if op := d.Of(r.Opref()); op != nil {
		return op.Publish
	}
	return opdef.Publish{}
}

// report returns the report of a run without its template.
func (k *RunsPublish) report(r *runs.Run, said opdef.Publish) (*publish.Report, error) {
	report := &publish.Report{Run: r, NoMD5: k.NoMD5, CSVSafe: k.CSVSafe, Command: invocation.Shown(r.AsView(), r.State())}
	found, err := runfiles.List(r.Dir, k.IncludeLinks)
	if err != nil {
		return nil, err
	}
	kinds, err := manifest.KindsOf(r)
	if err != nil {
		return nil, err
	}
	selects := said.Files.Selects(r.Dir)
	for _, f := range found {
		kind, _ := kinds.Of(f.Path)
		source := kind == manifest.Source
		if f.Dir || runfiles.IsGuilds(f.Path) && !source {
			continue
		}
		st, err := os.Lstat(r.Path(filepath.FromSlash(f.Path)))
		link := err == nil && st.Mode()&fs.ModeSymlink != 0
		wanted := k.AllFiles || (k.Files || k.IncludeLinks) && selects(f.Path)
		report.Files = append(report.Files, publish.File{Path: f.Path, Source: source, Copy: wanted && (k.IncludeLinks || !link)})
	}
	return report, nil
}

const defaultTemplate = "default"

// templateName identifies the template of a run: its directory, or the default template.
func (k *RunsPublish) templateName(r *runs.Run, said opdef.Publish) string {
	name := k.Template
	if name == "" {
		name = said.Template
	}
	if name == "" || name == defaultTemplate {
		return defaultTemplate
	}
	if filepath.IsAbs(name) || k.Template != "" && name[0] == '.' {
		return name
	}
	return filepath.Join(r.Opref().Dir(), name)
}

// readTemplate reads the template for a run, unless it has been read.
func (k *RunsPublish) readTemplate(to map[string]*publish.Template, r *runs.Run, said opdef.Publish) (err error) {
	name := k.templateName(r, said)
	if to[name] != nil {
		return nil
	}
	if name == defaultTemplate {
		to[name], err = publish.Default()
		return err
	}
	if st, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) || err == nil && !st.IsDir() {
		return fmt.Errorf("run %s: there is no template %s: a template is a directory in the project, or a path that begins with ./ "+
			"('guild publish --save-template DIR' writes one to begin with)", r.ShortID(), name)
	}
	to[name], err = publish.TemplateIn(name)
	return err
}
