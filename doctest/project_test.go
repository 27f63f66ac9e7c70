package doctest

import (
	"os"
	"path/filepath"
	"testing"

	"go.starlark.net/starlark"
)

// TestProject runs a document against a stand-in for guild.
func TestProject(t *testing.T) {
	guild, err := filepath.Abs("testdata/project/guild")
	if err != nil {
		t.Fatal(err)
	}
	cfg := testConfig(t)
	cfg.Guild = guild
	expectOK(t, Run(t.Context(), cfg, "testdata/project/project.md"))
}

func TestProjectNeedsGuild(t *testing.T) {
	cfg := testConfig(t)
	cfg.Env = append(cfg.Env, "PATH="+t.TempDir())
	expectOK(t, runText(t, cfg, `>>> Project(".").run("op")`, "Traceback (most recent call last):",
		"FileNotFoundError: [Errno 2] No such file or directory: 'guild'", "",
		`>>> Project(".").list_runs()`, "Traceback (most recent call last):",
		"FileNotFoundError: [Errno 2] No such file or directory: 'guild'"))
}

func TestListingThatIsNoJSON(t *testing.T) {
	cfg := testConfig(t)
	bin := t.TempDir()
	script(t, bin, "guild", "echo no runs")
	cfg.Guild = filepath.Join(bin, "guild")
	expectOK(t, runText(t, cfg, `>>> Project(".").list_runs()`, "Traceback (most recent call last):",
		"ValueError: guild runs --json: invalid character..."))
}

func TestFlagText(t *testing.T) {
	dict := starlark.NewDict(2)
	for _, key := range []string{"b", "a"} {
		if err := dict.SetKey(starlark.String(key), starlark.True); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		v    starlark.Value
		want string
	}{
		{starlark.True, "yes"}, {starlark.False, "no"}, {starlark.None, "null"}, {starlark.MakeInt(3), "3"},
		{starlark.Float(1), "1.0"}, {starlark.Float(1e-5), "1.0e-05"}, {starlark.String("a"), "a"},
		{starlark.String("1"), "'1'"}, {starlark.String(""), "''"}, {starlark.String("yes"), "'yes'"},
		{starlark.NewList([]starlark.Value{starlark.String("a,b"), starlark.Tuple{starlark.MakeInt(1)}}), "['a,b', [1]]"},
		{dict, "{a: yes, b: yes}"},
	}
	for _, tt := range tests {
		got, err := flagText(tt.v)
		if err != nil || got != tt.want {
			t.Errorf("%v: got %q with error %v, want %q", tt.v, got, err, tt.want)
		}
	}
	if _, err := flagText(opref{}); err == nil {
		t.Error("an opref was taken for a flag value")
	}
}

func TestShellWords(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"", nil}, {"a b", []string{"a", "b"}}, {"a  'b c' ''", []string{"a", "b c", ""}}, {`x"'"y "a b"`, []string{"x'y", "a b"}},
	}
	for _, tt := range tests {
		got := shellWords(tt.text)
		if len(got) != len(tt.want) {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
			}
		}
	}
}

// TestPathFirst checks that the directory of the guild under test comes first.
func TestPathFirst(t *testing.T) {
	cfg := testConfig(t)
	bin := t.TempDir()
	script(t, bin, "guild", "echo under test")
	cfg.Guild = filepath.Join(bin, "guild")
	other := t.TempDir()
	script(t, other, "guild", "echo another")
	cfg.Env = append(cfg.Env, "PATH="+other+":"+os.Getenv("PATH"))
	expectOK(t, runText(t, cfg, `>>> run("guild")`, "under test", "", `>>> which("guild") == "`+cfg.Guild+`"`, "True"))
}
