package project

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"guild/opdef"
	"guild/opdef/guildfile"
	"guild/runs/plainfile"
)

// Project is a directory with operations.
type Project struct {
	Dir    string         // absolute
	File   string         // absolute path of the guild.yml, or empty
	Models []*opdef.Model // in file order

	// Version is the version of guild that references to built-in operations name.
	Version string
	// BuiltinDefaults are defaults for flags of built-in operations, by full operation name and flag name. They come from
	// the user's configuration.
	BuiltinDefaults map[string]map[string]any

	misnamed string             // file that was probably meant to be the guild.yml, which does not exist; may be empty
	warnings []*opdef.FileError // of the guild.yml, see Warnings
	errors   []error            // of parts of the guild.yml that are more than one operation
}

// Load reads the guild.yml of dir, if there is one. The error is a *opdef.FileError if the file is not YAML. Other mistakes leave the
// rest of the file usable, see Warnings and Errors.
func Load(dir string) (*Project, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find project directory: %w", err)
	}
	p := &Project{Dir: abs}
	file := filepath.Join(abs, guildfile.Name)
	data, err := plainfile.Read(file) // any user may have written it
	if err != nil {
		if info, statErr := os.Stat(abs); statErr != nil || !info.IsDir() {
			return nil, fmt.Errorf("there is no directory %s", dir)
		}
		if errors.Is(err, fs.ErrNotExist) {
			p.misnamed = misnamed(abs)
			return p, nil
		}
		return nil, fmt.Errorf("read the project's operations: %w", err)
	}
	p.File = file
	defined, err := guildfile.Parse(data, file, filepath.Join(dir, guildfile.Name))
	if err != nil {
		return nil, err
	}
	p.Models, p.warnings, p.errors = defined.Models, defined.Warnings, defined.Errors
	p.qualifySteps()
	p.refuseCircles()
	return p, nil
}

// misnamed returns a file in dir that was probably meant to be the guild.yml, or an empty name.
func misnamed(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	for _, e := range entries {
		switch strings.ToLower(e.Name()) {
		case "guild.yaml", "guild.yml", "guildfile.yml", "guildfile.yaml", "guildfile":
			if e.Type().IsRegular() {
				return e.Name()
			}
		}
	}
	return ""
}

// Operations returns the operations of the guild.yml in the order of their full names.
func (p *Project) Operations() []*opdef.Operation {
	var out []*opdef.Operation
	for _, m := range p.Models {
		out = append(out, m.Operations...)
	}
	slices.SortFunc(out, func(a, b *opdef.Operation) int { return cmp.Compare(a.FullName(), b.FullName()) })
	return out
}

// Model returns the model that an operation belongs to, or nil.
func (p *Project) Model(op *opdef.Operation) *opdef.Model {
	i := slices.IndexFunc(p.Models, func(m *opdef.Model) bool { return slices.Contains(m.Operations, op) })
	if i < 0 {
		return nil
	}
	return p.Models[i]
}

// Warnings returns what is ignored in the guild.yml, such as unknown attributes.
func (p *Project) Warnings() []string {
	var out []string
	if p.misnamed != "" {
		out = append(out, fmt.Sprintf("%s is not read: a project's operations are in a file named %s; 'mv %[1]s %[2]s' makes it one",
			p.misnamed, guildfile.Name))
	}
	for _, w := range p.warnings {
		out = append(out, w.Error())
	}
	for _, op := range p.Operations() {
		out = append(out, op.Warnings()...)
	}
	return out
}

// Errors returns why parts of the guild.yml cannot be used: first what concerns several operations, then the errors of operations,
// which Find returns too.
func (p *Project) Errors() []error {
	out := slices.Clone(p.errors)
	for _, op := range p.Operations() {
		for _, err := range op.Errors() {
			if !slices.Contains(out, err) {
				out = append(out, err)
			}
		}
	}
	return out
}

// qualifySteps adds the name of the model to steps that run an operation of the same model.
func (p *Project) qualifySteps() {
	for _, m := range p.Models {
		if m.Name == "" {
			continue
		}
		for _, op := range m.Operations {
			for i := range op.Steps {
				s := &op.Steps[i]
				if slices.ContainsFunc(m.Operations, func(o *opdef.Operation) bool { return o.Name == s.OpSpec }) {
					s.OpSpec = m.Name + ":" + s.OpSpec
				}
			}
		}
	}
}
