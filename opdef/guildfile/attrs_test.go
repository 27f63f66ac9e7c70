package guildfile

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"guild/opdef"
	"guild/opdef/attribute"
	"guild/opdef/flagvalue"
	"guild/opdef/resource"
	"guild/opdef/source"
	"guild/opdef/steps"
)

// TestTargets compares the parser with the table of attributes: it reads each attribute, into a variable of the right type.
func TestTargets(t *testing.T) {
	p := &parser{}
	op := &opParser{parser: p, op: &opdef.Operation{}}
	model := &modelParser{guildfile: &guildfile{parser: p}, model: &opdef.Model{}}
	var text string
	var isSet bool
	readElsewhere := map[attribute.Place][]string{
		attribute.Model: {"model", "extends", "params"}, // for all objects, before it is known that they are models
		attribute.Step:  {"run"},                        // read before the others
	}
	for place, to := range map[attribute.Place]targets{
		attribute.Model:      model.targets(),
		attribute.Operation:  op.targets(),
		attribute.Flag:       op.flagTargets(&opdef.Flag{}),
		attribute.Choice:     op.choiceTargets(&opdef.Choice{}, &isSet),
		attribute.Step:       op.stepTargets(&steps.Step{}),
		attribute.Check:      op.checkTargets(&steps.Check{}, &isSet, &text),
		attribute.Sourcecode: op.sourceTargets(&source.Selection{}, &[]source.Rule{}, &isSet),
		attribute.Optimizer:  op.optimizerTargets(&opdef.Optimizer{}),
		attribute.Publish:    op.publishTargets(),
	} {
		var want []string
		for _, a := range attribute.Of(place) {
			if to[a.Name] == nil && (a.Ignored || slices.Contains(readElsewhere[place], a.Name)) {
				continue
			}
			want = append(want, a.Name)
			if !holds(to[a.Name], a.Type) {
				t.Errorf("%s: '%s' of type %s is read into a %T", place, a.Name, a.Type, to[a.Name])
			}
		}
		got := slices.Collect(maps.Keys(to))
		got = slices.DeleteFunc(got, func(name string) bool { return name == otherAttrs })
		slices.Sort(want)
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: the parser reads other attributes than the table has (-table +parser):\n%s", place, d)
		}
	}
}

// TestFlagTypes compares the types that flags can have with those that a guild.yml can name.
func TestFlagTypes(t *testing.T) {
	want := []string{flagvalue.TypeString, flagvalue.TypeInt, flagvalue.TypeFloat, flagvalue.TypeNumber, flagvalue.TypeBoolean, flagvalue.TypePath, flagvalue.TypeExistingPath, flagvalue.TypeAuto}
	if d := cmp.Diff(want, attribute.FlagTypes()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{resource.TargetCopy, resource.TargetLink}, attribute.TargetTypes()); d != "" {
		t.Error(d)
	}
}

// holds reports whether a target is of the type of an attribute. Functions see to the type themselves.
func holds(target any, of attribute.Type) bool {
	switch target.(type) {
	case *string:
		return of == attribute.Text
	case *[]string:
		return of == attribute.Texts
	case *bool:
		return of == attribute.Switch
	case *int:
		return of == attribute.Count
	case **float64:
		return of == attribute.Number
	case *any:
		return of == attribute.Value
	case **yaml.Node, func(entry) error, func(*yaml.Node) error:
		return true
	}
	return false
}
