package proc

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNamed(t *testing.T) {
	long := strings.Repeat("x", maxEcho)
	for _, tt := range []struct {
		name string
		data string
		want []string // texts that are written
	}{
		{"lines", "one\ntwo\n", []string{"[a] one\n[a] two\n"}},
		{"no end of line", "one\ntwo", []string{"[a] one\n[a] two"}},
		{"blank lines", "\n\n", []string{"[a] \n[a] \n"}},
		{"carriage returns", "10%\r20%\r\ndone\r\n", []string{"[a] 10%\r[a] 20%\r\n[a] done\r\n"}},
		{"a line that is too long", long + "\nend\n", []string{"[a] " + long[:maxEcho-4], "xxxx\n[a] end\n"}},
		{"a line that fits into the next text", "one\n" + long[:maxEcho-5] + "\n", []string{"[a] one\n", "[a] " + long[:maxEcho-5] + "\n"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := newNamed("[a] ")
			var got []string
			for data := []byte(tt.data); len(data) > 0; {
				shown, taken := n.text(data)
				if taken == 0 || len(shown) > maxEcho {
					t.Fatalf("%d bytes for %d", len(shown), taken)
				}
				got = append(got, string(shown))
				data = data[taken:]
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
	shown, taken := newNamed("").text([]byte("as it is\r\n"))
	if !bytes.Equal(shown, []byte("as it is\r\n")) || taken != len(shown) {
		t.Errorf("without a prefix: %q, %d", shown, taken)
	}
}
