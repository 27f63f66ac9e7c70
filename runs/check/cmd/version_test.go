package cmd

import (
	"strings"
	"testing"
)

func TestCheckVersion(t *testing.T) {
	tests := []struct {
		version, required, want string
	}{
		{"0.9.1", "", ""},
		{"0.9.1", "0.9.1", ""},
		{"0.9.1", "==0.9.1", ""},
		{"v0.9.0-4-gabc", "==0.9", ""},
		{"0.9.1", ">=0.7.0, <1", ""},
		{"0.10", ">0.9", ""},
		{"0.9.1", "!=0.9.1", "current version '0.9.1' does not match '!=0.9.1'"},
		{"0.9.1", ">=0.7,<=0.9", "does not match '>=0.7,<=0.9'"},
		{"0.9.1", ">0.9.1", "does not match"},
		{"0.9.1", "newest", "'newest' is no test of a version"},
		{"0.9.1", "~0.9", "'~0.9' is no test of a version"},
		{"0.9.1", ">=", "'>=' is no test of a version"},
		{"0.9.1", ">=0.7,", "'' is no test of a version"},
	}
	for _, tt := range tests {
		err := (&Check{Version: tt.required}).CheckVersion(tt.version)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s for %q: %v, want %q", tt.version, tt.required, err, tt.want)
		}
	}
}
