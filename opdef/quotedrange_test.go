package opdef

import (
	"testing"

	"guild/opdef/flagvalue"
)

func TestQuotedRange(t *testing.T) {
	for _, tt := range []struct {
		text, kind string
		def        any
		space      bool
	}{
		{"'[1:10]'", "", nil, true},
		{`"[1:10]"`, flagvalue.TypeFloat, nil, true},
		{"'[1:10]'", flagvalue.TypeString, nil, false},
		{"'[1:10]'", flagvalue.TypePath, nil, false},
		{"'[1:10]'", "", 0.1, true},
		{"'[1:10]'", "", "hi", false},
		{"'[1:10'", "", nil, false},
		{"'[a:b]'", "", nil, false},
		{"'[1,2]'", "", nil, false},
		{"'uniform[1:10]'", "", nil, false},
		{"'", "", nil, false},
		{"''", "", nil, false},
	} {
		f := Flag{Type: tt.kind, Default: tt.def}
		if s, ok := f.quotedRange(tt.text); ok != tt.space || ok && s != "[1:10]" {
			t.Errorf("%s of type %q with default %v: %q, %v", tt.text, tt.kind, tt.def, s, ok)
		}
	}
}
