package grammar

import "strings"

// Point is the place in a command line where a word is being typed.
type Point struct {
	Command *Command
	Args    []string // the arguments before the word
	Word    string   // what is there of the word
	Lead    string   // the part of Word that is no part of the value: "--option="
	Kind    string   // what the value is, see Option.Complete; empty where nothing is known of it
	Option  bool     // the word may be, or is, an option
	Arg     int      // the index of the argument that the word may be; -1 where it is none

	line *Line // what is there before the word, without an option whose value is being typed
}

// Prefix is the part of the value that is there.
func (p *Point) Prefix() string { return p.Word[len(p.Lead):] }

// Fill fills in the structs of the program and of the command with the words before this one, as far as they go, and returns that of
// the command.
func (p *Point) Fill() (any, error) {
	if err := p.line.fill(p.line.program, nil); err != nil {
		return nil, err
	}
	c := p.Command.runs()
	args := p.Args[:min(len(p.Args), c.room())]
	if err := p.line.fill(c, args); err != nil {
		return nil, err
	}
	return c.Struct, nil
}

// room is how many arguments there may be.
func (c *Command) room() int {
	args := c.Args()
	if n := len(args); n == 0 || !args[n-1].Repeated {
		return n
	}
	return 1 << 30
}

// Locate says what the last of the words may become. The words are those after the name of the program.
func (c *Command) Locate(words []string) Point {
	s := newScanner(c)
	for _, w := range words[:len(words)-1] {
		s.word(w)
	}
	p := Point{Command: s.line.Command, Args: s.line.Args, Word: words[len(words)-1], Arg: -1, line: s.line}
	if s.waiting != nil {
		p.Kind = s.waiting.option.Complete
		return p
	}
	p.at(s)
	return p
}

// at says what the word itself is.
func (p *Point) at(s *scanner) {
	if strings.HasPrefix(p.Word, "-") && !s.closed {
		name, _, valued := strings.Cut(p.Word, "=")
		if o := s.options[name]; valued && o != nil {
			p.Lead, p.Kind = name+"=", o.Complete
			return
		}
		p.Option = true
		return
	}
	args := p.Command.Args()
	if len(p.Args) >= p.Command.room() {
		return
	}
	p.Arg = len(p.Args)
	p.Kind = args[min(p.Arg, len(args)-1)].Complete
}
