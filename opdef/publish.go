package opdef

import (
	"io"
	"os"
	"path"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// Publish says what reports of the operation's runs are made of.
type Publish struct {
	Template string // as --template takes it, but relative to the project; empty for the default one
	Files    Source // which files of the run, by the rules that source code is selected by
}

// publish reads the attribute publish.
func (p *opParser) publish(n *yaml.Node) error {
	attrs, err := p.mapping(n, "publish")
	if err != nil {
		return err
	}
	for _, a := range attrs {
		switch a.name {
		case "template":
			p.op.Publish.Template, err = p.text(a.value, "template")
		case "files":
			p.op.Publish.Files, err = p.source(a.value)
		default:
			err = p.errorf(a.key, "unknown attribute '%s' in publish%s", a.name, didYouMean(a.name, []string{"files", "template"}))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Selects returns what tells of each file of the run directory dir, by its path with slashes below it, whether reports get a copy.
// Without rules all do.
func (p Publish) Selects(dir string) func(rel string) bool {
	rules := p.Files.expanded(dir)
	return func(rel string) bool {
		selected := !p.Files.None
		for _, r := range rules {
			if r.applies(dir, rel) {
				selected = !r.Exclude
			}
		}
		return selected
	}
}

// applies tells whether the rule is about a file in dir.
func (r SourceRule) applies(dir, rel string) bool {
	if r.Kind == kindDir {
		for above := path.Dir(rel); above != "."; above = path.Dir(above) {
			if r.matches(above) {
				return true
			}
		}
		return false
	}
	if !r.matches(rel) || r.Kind == "" {
		return r.matches(rel)
	}
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(rel)))
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	const enough = 8 << 10
	head, err := io.ReadAll(io.LimitReader(f, enough))
	return err == nil && isText(head) == (r.Kind == kindText)
}
