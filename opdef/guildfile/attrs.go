package guildfile

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"guild/opdef/attribute"
	"guild/runs/console"
)

// targets says where the values of attributes go, by name: a pointer of a type that assign knows, or a function. A known attribute
// without a target is ignored. The target otherAttrs gets attributes that are not in the table of package attribute.
type targets map[string]any

const otherAttrs = ""

// attributes reads the attributes of a mapping into their targets. It calls fail for each value that cannot be used, and reads the
// others.
func (p *parser) attributes(place attribute.Place, what string, n *yaml.Node, to targets, fail func(error)) {
	entries, err := p.mapping(n, what)
	if err != nil {
		fail(err)
		return
	}
	for _, e := range entries {
		target := to[e.name]
		if _, ok := attribute.Find(place, e.name); !ok {
			if target = to[otherAttrs]; target == nil {
				p.warnUnknown(place, what, e)
				continue
			}
		}
		if e.name == "plugins" {
			p.warnPlugins(what, e)
		}
		if err := p.assign(e, target); err != nil {
			fail(err)
		}
	}
}

// needlessPlugins are plugins of Guild AI that need no warning: guild does what they do for all operations anyway.
var needlessPlugins = []string{"all", "config_flags", "cpu", "dask", "disk", "exec_script", "gpu", "ipynb", "memory", "perf", "python_frameworks",
	"python_script", "queue", "r_script", "resource_flags", "skopt"}

// warnPlugins warns of plugins that would do what guild does not do.
func (p *parser) warnPlugins(what string, e entry) {
	if isNothing(e.value) {
		return
	}
	names, err := p.textList(e.value, e.name)
	missed := slices.DeleteFunc(names, func(name string) bool { return slices.Contains(needlessPlugins, name) })
	if err != nil || len(missed) > 0 {
		p.warn(e.key, "'plugins' in %s is ignored: there are no plugins here", what)
	}
}

// isNothing reports whether a value is empty, null or no.
func isNothing(n *yaml.Node) bool {
	switch n.Kind {
	case yaml.SequenceNode, yaml.MappingNode:
		return len(n.Content) == 0
	case yaml.ScalarNode:
		return slices.Contains([]string{"", "~", "null", "no", "false", "off"}, strings.ToLower(n.Value))
	}
	return false
}

// known returns the entries of a mapping that are attributes of the place. It warns of the others.
func (p *parser) known(place attribute.Place, what string, n *yaml.Node) ([]entry, error) {
	entries, err := p.mapping(n, what)
	return slices.DeleteFunc(entries, func(e entry) bool {
		_, ok := attribute.Find(place, e.name)
		if !ok {
			p.warnUnknown(place, what, e)
		}
		return !ok
	}), err
}

// assign reads the value of an attribute into its target.
func (p *parser) assign(e entry, target any) (err error) {
	switch to := target.(type) {
	case nil: // an ignored attribute
	case *string:
		*to, err = p.text(e.value, e.name)
	case *[]string:
		*to, err = p.textList(e.value, e.name)
	case *bool:
		*to, err = p.boolean(e.value, e.name)
	case *int:
		*to, err = p.count(e.value, e.name)
	case **float64:
		*to, err = p.number(e.value, e.name)
	case *any:
		*to, err = p.value(e.value, e.name)
	case **yaml.Node:
		*to = e.value
	case func(entry) error:
		err = to(e)
	case func(*yaml.Node) error:
		err = to(e.value)
	default:
		panic(fmt.Sprintf("attribute '%s' has a target of the unknown type %T", e.name, target))
	}
	return err
}

// warnUnknown warns of an entry that is not an attribute of its place.
func (p *parser) warnUnknown(place attribute.Place, what string, e entry) {
	places := attribute.PlacesOf(e.name)
	inOperations := slices.Contains(places, attribute.Operation)
	switch near := console.DidYouMean(e.name, attribute.Names(place)); {
	case place == attribute.Model && e.name == "flags-import" && isNothing(deref(e.value)): // what is so anyway
	case inOperations && (place == attribute.Model || place == attribute.Config):
		p.warn(e.key, "'%s' belongs to an operation and is ignored in %s; write it into operation-defaults to have it in all operations",
			e.name, what)
	case near != "" || len(places) == 0:
		p.warn(e.key, "unknown attribute '%s' in %s is ignored%s", e.name, what, near)
	default:
		p.warn(e.key, "'%s' belongs to %s and is ignored in %s", e.name, anyPlace(places), what)
	}
}

// anyPlace names places in a sentence: an operation, a flag or a step.
func anyPlace(places []attribute.Place) string {
	names := make([]string, len(places))
	for i, p := range places {
		names[i] = p.WithArticle()
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
