package cmd

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestOwnErrors(t *testing.T) {
	const printed = "loss: 1\nguild: there is no such flag\nERROR: [guild] Trial a exited with an error (1)\n" +
		"INFO: [guild] Running trial b\n guild: indented\nWARNING: [guild] no room\nguild: no end of line"
	const want = "guild: there is no such flag\nERROR: [guild] Trial a exited with an error (1)\nWARNING: [guild] no room\n"
	for name, r := range map[string]io.Reader{
		"at once":      strings.NewReader(printed),
		"byte by byte": iotest.OneByteReader(strings.NewReader(printed)),
	} {
		var out bytes.Buffer
		if _, err := io.Copy(&ownErrors{to: &out}, struct{ io.Reader }{r}); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("%s: %q", name, out.String())
		}
	}
}
