package opdef

import (
	"testing"

	"guild/opdef/flagvalue"
	"guild/opdef/program"
)

func TestQuotedRange(t *testing.T) {
	for _, tt := range []struct {
		text, kind string
		space      bool
	}{
		{"'[1:10]'", "", true},
		{`"[1:10]"`, flagvalue.TypeFloat, true},
		{"'[1:10]'", flagvalue.TypeString, false},
		{"'[1:10]'", flagvalue.TypePath, false},
		{"'[1:10'", "", false},
		{"'[a:b]'", "", false},
		{"'[1,2]'", "", false},
		{"'uniform[1:10]'", "", false},
		{"'", "", false},
		{"''", "", false},
	} {
		v, err := CommandFlag{Type: tt.kind}.Decode(tt.text, program.DestGlobals)
		s, ok := v.(flagvalue.SearchSpace)
		if ok != tt.space || ok && (err != nil || s != "[1:10]") {
			t.Errorf("%s of type %q: %#v, %v", tt.text, tt.kind, v, err)
		}
	}
}
