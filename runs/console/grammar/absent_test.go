package grammar

import "testing"

func TestUsage(t *testing.T) {
	for _, tt := range []struct {
		said      string
		isCommand bool
		want      string
	}{
		{"expected one of \"a\"", true, "expected one of \"a\" (see 'guild x --help')"},
		{"unexpected argument y", false, "unexpected argument y (see 'guild x --help')"},
		{"unexpected argument y", true, "no such command 'y' (see 'guild x --help')"},
		{"unexpected argument rusn, did you mean \"run\"?", true, "no such command 'rusn'; did you mean \"run\"? (see 'guild x --help')"},
		{"unexpected argument push", false, "unexpected argument push (see 'guild x --help')"},
		{"unexpected argument shell", true, "'shell' is not here: there is no shell: for programs, 'guild api' and --json tell everything of runs"},
		{"unknown flag -o, did you mean one of \"-h\", \"-a\"?", false, "unrecognized option '-o' (see 'guild x --help')"},
		{"unknown flag --al, did you mean \"--all\"?", false, "unrecognized option '--al'; did you mean \"--all\"? (see 'guild x --help')"},
		{"unknown flag --tool", false, "'--tool' is not here: 'guild compare' and 'guild view' show the runs side by side, and 'guild compare --csv FILE' gives them to another program"},
	} {
		if got := Usage(tt.said, "guild x", tt.isCommand); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.said, got, tt.want)
		}
	}
}
