package compare

import "testing"

func TestRoundedText(t *testing.T) {
	for _, tt := range []struct {
		v    any
		want string
	}{
		{0.123456, "0.123456"}, {0.1234567, "0.123457"}, {-0.1234567, "-0.123457"}, {1.5, "1.5"}, {100.0, "100.0"}, {1.23456789e-7, "1.23457e-07"},
		{1.2e30, "1.2e+30"}, {12345.678912345, "12345.678912"}, {false, "no"}, {"0.12345678", "0.12345678"}, {"", ""},
	} {
		if got := Text(tt.v); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.v, got, tt.want)
		}
	}
}
