package flagvalue_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guild/opdef/flagvalue"
	"guild/runs/pyyaml"
)

// TestRoundTrip: Decode reads what Format and Flow write, with all characters that are special in YAML.
func TestRoundTrip(t *testing.T) {
	text := rapid.StringMatching(`[a-z0-9 '"\[\]{}?:,#&*!|>%@.~=+\\-]{0,8}`)
	scalar := rapid.OneOf(rapid.Just[any](nil), rapid.Map(rapid.Bool(), toAny), rapid.Map(rapid.Int(), toAny),
		rapid.Map(rapid.Float64Range(-1e20, 1e20), toAny), rapid.Map(text, toAny), rapid.Map(rapid.String(), toAny))
	set := rapid.Map(rapid.SliceOfN(scalar, 0, 3), func(l []any) any { return append(pyyaml.Set{}, l...) })
	item := rapid.OneOf(scalar, set)
	list := rapid.Map(rapid.SliceOfN(item, 0, 3), toAny)
	mapping := rapid.Map(rapid.MapOfN(text, item, 0, 3), toAny)
	values := rapid.OneOf(scalar, set, list, mapping)
	rapid.Check(t, func(t *rapid.T) {
		v := values.Draw(t, "value")
		for _, written := range []string{flagvalue.Format(v), flagvalue.Flow(v)} {
			back, err := flagvalue.Decode(written)
			if err != nil {
				t.Fatalf("%q: %v", written, err)
			}
			if d := cmp.Diff(v, back); d != "" {
				t.Fatalf("%q: %s", written, d)
			}
		}
	})
}

func toAny[T any](v T) any { return v }
