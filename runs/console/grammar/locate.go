package grammar

import "strings"

// Point describes the word at the cursor of a command line that is being typed.
type Point struct {
	Command *Command
	Args    []string // the arguments before the word
	Word    string   // the part of the word before the cursor
	Lead    string   // the part of Word before the value: "--option=", or empty
	Kind    string   // kind of value, see Option.Complete; empty if unknown
	Option  bool     // the word is, or can become, an option
	Arg     int      // index of the argument that the word is; -1 if it is not an argument

	line *Line // the words before this one, without the option whose value this one is
}

// Prefix returns the part of the value that the user has typed.
func (p *Point) Prefix() string { return p.Word[len(p.Lead):] }

// Fill sets the fields of the structs of the program and of the command from the words before this one, as far as they are valid. It
// returns the struct of the command.
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

// room returns the maximum number of arguments.
func (c *Command) room() int {
	args := c.Args()
	if n := len(args); n == 0 || !args[n-1].Repeated {
		return n
	}
	return 1 << 30
}

// Locate describes the last of the words, which is the one being typed. The words are those after the name of the program.
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

// at sets what the word itself is: a command, an option, an argument or the value of an option.
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
