package python_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"guild/opdef/python"
)

func TestDebug(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "s.py"), `"""A script"""
# a comment
import lib
x = 1
print("x is", x)
lib.half(x)
`)
	write(t, filepath.Join(dir, "lib.py"), `def half(n):
    """Half of it"""
    return n / 2

class Model:
    def fit(self):
        "x"
`)
	main, err := python.Main(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ spec, values, commands, want string }{
		{`{"break": ["1"], "on_error": false}`, `{}`, "c\n", "Breakpoint 1 at DIR/s.py:3\n> DIR/s.py(3)<module>()\n-> import lib\n(Pdb) x is 1\n"},
		{`{"break": ["s.py:5"], "on_error": false}`, `{"x": 4}`, "p x\nc\n", "-> print(\"x is\", x)\n(Pdb) 4\n(Pdb) x is 4\n"},
		{`{"break": ["lib:1", "lib.half"], "on_error": true}`, `{}`, "c\np n\nc\n",
			"Breakpoint 2 at DIR/lib.py:3\n> DIR/lib.py(1)<module>()\n-> def half(n):\n(Pdb) x is 1\n> DIR/lib.py(3)half()\n-> return n / 2\n(Pdb) 1\n"},
		{`{"break": ["lib.Model.fit"], "on_error": false}`, `{}`, "", "Breakpoint 1 at DIR/lib.py:7\nx is 1\n"},
		{`{"break": [], "on_error": true}`, `{"x": "a"}`, "p n\nq\n", "TypeError: unsupported operand type(s) for /: 'str' and 'int'\n" +
			"Entering post mortem debug session\n> DIR/lib.py(3)half()\n-> return n / 2\n(Pdb) 'a'\n"},
		{`{"break": ["lib:99"], "on_error": false}`, `{}`, "", "there is no line to break at 'lib:99'; write LINE"},
	} {
		cmd := exec.Command(interpreter(t), "-u", main, "debug", tt.spec, "globals", tt.values, filepath.Join(dir, "s.py"))
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(tt.commands)
		out, _ := cmd.CombinedOutput() // the exit status is the debugger's
		if got := strings.ReplaceAll(string(out), dir, "DIR"); !strings.Contains(got, tt.want) || strings.Contains(got, "guild_main.py") {
			t.Errorf("%s: %s\nwant %s", tt.spec, got, tt.want)
		}
	}
}
