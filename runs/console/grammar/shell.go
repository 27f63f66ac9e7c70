package grammar

import (
	_ "embed" // the scripts
	"errors"
	"fmt"
	"strings"

	"guild/runs/words"
)

// Shells are the shells for which there are completion scripts.
var Shells = []string{"bash", "zsh", "fish"}

//go:embed completion.bash
var bashScript string

//go:embed completion.zsh
var zshScript string

//go:embed completion.fish
var fishScript string

// Script returns the script that makes a shell ask this program for completions, or an empty string for an unknown shell.
func Script(shell string) string {
	switch shell {
	case "bash":
		return bashScript
	case "zsh":
		return zshScript
	case "fish":
		return fishScript
	}
	return ""
}

// Question is a request of a shell for completions.
type Question struct {
	Words []string // words after the name of the program; the last one is being typed
	shell string
	quote byte // bash: the open quote in the last word, or 0
	cut   int  // bash: how many bytes at the start of the last word bash keeps
}

// ReadQuestion parses the request of a completion script. It is `bash LINE BREAKS`, with the line up to the cursor and the characters at
// which bash splits words, or SHELL WORD..., with the words after the name of the program.
func ReadQuestion(args []string) (Question, error) {
	switch {
	case len(args) >= 2 && args[0] != "bash":
		return Question{Words: args[1:], shell: args[0]}, nil
	case len(args) != 3:
		return Question{}, errors.New("ask with bash LINE BREAKS or SHELL WORD")
	}
	list, quoted, quote := words.Partial(args[1])
	if len(list) < 2 {
		return Question{}, fmt.Errorf("%q is not a command line with a word after the first", args[1])
	}
	q := Question{Words: list[1:], shell: "bash", quote: quote, cut: quoted}
	if quote == 0 {
		q.cut = strings.LastIndexAny(list[len(list)-1], withoutBlanks(args[2])) + 1
	}
	return q, nil
}

// withoutBlanks returns those of bash's word breaks that can occur in a word.
func withoutBlanks(breaks string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n\"'", r) {
			return -1
		}
		return r
	}, breaks)
}

// Answer returns one line per candidate in the form that the shell's script expects: for bash the text that replaces the last piece of
// the word; for the others the word, a tab and its description.
func (q *Question) Answer(p Point, list []Candidate) string {
	var b strings.Builder
	for _, c := range list {
		text := p.Lead + c.Text
		if strings.ContainsAny(text, "\n\r\t") { // the lines and tabs of the answer could not be told from it
			continue
		}
		if q.shell == "bash" {
			fmt.Fprintln(&b, q.piece(text))
			continue
		}
		b.WriteString(text)
		if help, _, _ := strings.Cut(c.Help, "\n"); help != "" {
			b.WriteString("\t" + strings.ReplaceAll(help, "\t", " "))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// piece returns the part of text that bash inserts, quoted for the quote that is open.
func (q *Question) piece(text string) string {
	text = text[min(q.cut, len(text)):]
	switch q.quote {
	case '\'':
		return text
	case '"':
		return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`").Replace(text)
	}
	var b strings.Builder
	for i, r := range text {
		// A tilde is not escaped: it means the home only at the start of a word, and there it must keep that meaning.
		if strings.ContainsRune(" \\\"'`$&|;<>()[]{}*?!#", r) && (r != '#' || i == 0) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
