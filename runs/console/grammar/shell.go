package grammar

import (
	_ "embed" // the scripts
	"errors"
	"fmt"
	"strings"

	"guild/runs/words"
)

// Shells are those that there are scripts for.
var Shells = []string{"bash", "zsh", "fish"}

//go:embed completion.bash
var bashScript string

//go:embed completion.zsh
var zshScript string

//go:embed completion.fish
var fishScript string

// Script is the script that makes a shell ask this program what words may become; empty for a shell that is not known.
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

// Question is a command line that a shell asks about.
type Question struct {
	Words []string // after the name of the program; the last is being typed
	shell string
	quote byte // bash: the quote that the last word is in, or 0
	cut   int  // bash: how many bytes of the last word it leaves alone
}

// ReadQuestion understands the question of a script: `bash LINE BREAKS`, with the line up to the cursor as it is typed and the
// characters that bash takes for ends of words, or SHELL WORD... with the words after the name of the program.
func ReadQuestion(args []string) (Question, error) {
	switch {
	case len(args) >= 2 && args[0] != "bash":
		return Question{Words: args[1:], shell: args[0]}, nil
	case len(args) != 3:
		return Question{}, errors.New("ask with bash LINE BREAKS or SHELL WORD")
	}
	list, quoted, quote := words.Partial(args[1])
	if len(list) < 2 {
		return Question{}, fmt.Errorf("%q is no command line with a word after the first", args[1])
	}
	q := Question{Words: list[1:], shell: "bash", quote: quote, cut: quoted}
	if quote == 0 {
		q.cut = strings.LastIndexAny(list[len(list)-1], withoutBlanks(args[2])) + 1
	}
	return q, nil
}

// withoutBlanks leaves those characters that may be in a word.
func withoutBlanks(breaks string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n\"'", r) {
			return -1
		}
		return r
	}, breaks)
}

// Answer is a line for each candidate, in the form that the script of the shell reads: for bash what takes the place of the
// last piece of the word; for the others the word and, after a tab, its description.
func (q *Question) Answer(p Point, list []Candidate) string {
	var b strings.Builder
	for _, c := range list {
		text := p.Lead + c.Text
		if strings.ContainsAny(text, "\n\r\t") { // no script could take it apart
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

// piece is the text from where bash puts it in, quoted as the quote that it is in asks for.
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
		// A tilde stands for the home only at the start, where it is to go on doing so.
		if strings.ContainsRune(" \\\"'`$&|;<>()[]{}*?!#", r) && (r != '#' || i == 0) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
