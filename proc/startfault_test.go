package proc

import (
	"context"
	"os"
	"strings"
	"testing"

	"guild/opdef"
	"guild/proc/recipe"
	"guild/runs"
)

// TestStartFaults starts programs that the kernel refuses. The error names cause and remedy, and the run records it.
func TestStartFaults(t *testing.T) {
	elf := "\x7fELF\x02\x01\x01\x00 of another machine \x00"
	for _, tt := range []struct {
		name, content string
		mode          os.FileMode
		want          string
	}{
		{"no interpreter line", "echo hi\n", 0o777, "its first line does not name an interpreter; begin it with '#!/bin/sh', or use 'sh ./prog'"},
		{"CR LF", "#!/bin/sh\r\necho hi\r\n", 0o777, `its lines end with CR LF, so that its interpreter is not found; mend it with: sed -i.bak 's/\r$//' ./prog`},
		{"no x bit", "#!/bin/sh\necho hi\n", 0o666, "it is not executable; 'chmod +x ./prog' makes it so"},
		{"interpreter missing", "#! /no/such/interpreter -x\n", 0o777, "names the interpreter /no/such/interpreter, which is not there"},
		{"empty", "", 0o777, "it is empty"},
		{"other machine", elf, 0o777, "it is not a program for this kind of machine"},
		{"missing", "-", 0, "no such file in "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorker(t, "", func(r *recipe.Recipe) { r.Command = opdef.Command{Args: []string{"./prog"}} })
			if tt.content != "-" {
				path := w.Lock.Run().Path("prog")
				if err := os.WriteFile(path, []byte(tt.content), 0o666); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(path, tt.mode); err != nil {
					t.Fatal(err)
				}
			}
			_, err := w.Run(context.Background())
			if err == nil || !strings.HasPrefix(err.Error(), "cannot start ./prog: ") || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("%v, want %q", err, tt.want)
			}
			if s := w.Lock.Run().State(); s.Status != runs.Error || s.Reason != err.Error() {
				t.Errorf("the run says %+v", s)
			}
		})
	}
	w := newWorker(t, "", func(r *recipe.Recipe) { r.Command = opdef.Command{Args: []string{"no-such-program-anywhere"}} })
	if _, err := w.Run(context.Background()); err == nil || !strings.HasSuffix(err.Error(), "not found in PATH") {
		t.Errorf("not in PATH: %v", err)
	}
}
