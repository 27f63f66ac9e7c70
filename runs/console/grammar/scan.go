package grammar

import (
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// Line is a command line that Scan has split into its parts.
type Line struct {
	Command *Command // the command, or a group if no subcommand follows
	Args    []string // the arguments
	program *Command
	given   []setting
	mistake *Mistake // the first mistake, or nil
	bound   *kong.Context
}

// setting is an occurrence of an option.
type setting struct {
	option *Option
	name   string // as the user wrote it
	value  string
	valued bool // the option has a value
}

// Scan splits the words after the name of the program into a command, options and arguments. Bind returns the mistakes.
func (c *Command) Scan(words []string) *Line {
	s := newScanner(c)
	for _, w := range words {
		s.word(w)
	}
	s.end()
	return s.line
}

// String returns the line in the canonical form that is passed to kong, part by part: "guild --home=x run --yes -- op a=1".
func (l *Line) String() string {
	words := append([]string{l.program.Name}, l.canonical(l.program, nil)...)
	if path, ok := strings.CutPrefix(l.Command.Path(), l.program.Name+" "); ok {
		words = append(words, path)
	}
	if c := l.Command.runs(); c != l.program {
		words = append(words, l.canonical(c, l.Args)...)
	}
	return strings.Join(words, " ")
}

// Asked reports whether a global option, such as "--version", was given.
func (l *Line) Asked(long string) bool {
	return slices.ContainsFunc(l.given, func(g setting) bool { return g.option.owner == l.program && g.option.Long() == long })
}

// Unknown reports whether the command does not exist.
func (l *Line) Unknown() bool { return l.mistake != nil && l.mistake.Kind == UnknownCommand }

// scanner processes the words of a command line from left to right.
type scanner struct {
	line    *Line
	options map[string]*Option // options of the command found so far, by spelling
	waiting *setting           // an option whose value is the next word
	closed  bool               // all further words are arguments
}

func newScanner(program *Command) *scanner {
	return &scanner{line: &Line{Command: program, program: program}, options: program.byName()}
}

func (s *scanner) word(w string) {
	if s.waiting != nil && s.value(w) {
		return
	}
	switch {
	case s.closed || len(w) < 2 || w[0] != '-':
		s.argument(w)
	case w == "--":
		s.closed = true
	default:
		s.option(w)
	}
}

// end checks what can only be known at the end of the line.
func (s *scanner) end() {
	if s.waiting != nil {
		s.wrong(Mistake{Kind: MissingValue, Word: s.waiting.name})
	}
	c := s.line.Command
	if len(c.Commands) > 0 && c.Default == nil {
		s.wrong(Mistake{Kind: MissingCommand})
		return
	}
	args := c.Args()
	for i := len(s.line.Args); i < len(args); i++ {
		if !args[i].Optional {
			s.wrong(Mistake{Kind: MissingArgument, Word: strings.ToUpper(args[i].Name)})
		}
	}
}

// wrong records a mistake, unless one is recorded already.
func (s *scanner) wrong(m Mistake) {
	if s.line.mistake == nil {
		m.At = s.line.Command
		s.line.mistake = &m
	}
}

// value takes a word as the value of the option before it, and reports whether it is one. A word that looks like an option is not:
// otherwise a forgotten value would silently swallow a -y or --stage. Such values are written with an equals sign.
func (s *scanner) value(w string) bool {
	g := *s.waiting
	s.waiting = nil
	if len(w) > 1 && w[0] == '-' && !isNumber(w) {
		s.wrong(Mistake{Kind: MissingValue, Word: g.name, Next: w})
		return false
	}
	g.value, g.valued = w, true
	s.line.given = append(s.line.given, g)
	return true
}

func isNumber(w string) bool {
	_, err := strconv.ParseFloat(w, 64)
	return err == nil && strings.ContainsAny(w[1:2], ".0123456789")
}

// option processes a word that begins with a dash: an option, perhaps with a value, or several short options.
func (s *scanner) option(w string) {
	name, value, valued := strings.Cut(w, "=")
	if o := s.options[name]; o != nil {
		s.set(setting{o, name, value, valued})
		return
	}
	switch {
	case w[1] == '-':
		s.wrong(Mistake{Kind: UnknownOption, Word: name})
	case s.options[w[:2]] == nil && s.isGroup(w[:2]):
		s.group(w)
	default:
		s.bundle(w)
	}
}

func (s *scanner) set(g setting) {
	if g.option.Value != "" && !g.valued {
		s.waiting = &g
		return
	}
	s.line.given = append(s.line.given, g)
}

// isGroup reports whether there are two-letter options that begin with the letter first, such as -Sr and -Sc.
func (s *scanner) isGroup(first string) bool {
	for name := range s.options {
		if len(name) == 3 && name[:2] == first {
			return true
		}
	}
	return false
}

// group processes several two-letter options in one word: -Sec is -Se -Sc.
func (s *scanner) group(w string) {
	for _, letter := range w[2:] {
		name := w[:2] + string(letter)
		o := s.options[name]
		if o == nil {
			s.wrong(Mistake{Kind: UnknownLetter, Word: string(letter), Next: w[:2]})
			return
		}
		s.set(setting{option: o, name: name})
	}
	if len(w) == 2 {
		s.wrong(Mistake{Kind: UnknownOption, Word: w})
	}
}

// bundle processes several short options in one word: -yb is -y -b, and -ylabc is -y -l abc.
func (s *scanner) bundle(w string) {
	for i, letter := range w[1:] {
		name := "-" + string(letter)
		o := s.options[name]
		if o == nil {
			s.wrong(Mistake{Kind: UnknownOption, Word: name, Next: w})
			return
		}
		if rest := w[1+i+len(string(letter)):]; o.Value != "" && rest != "" {
			s.set(setting{o, name, strings.TrimPrefix(rest, "="), true})
			return
		}
		s.set(setting{option: o, name: name})
	}
}

// argument processes a word that is not an option: the name of a subcommand, or an argument.
func (s *scanner) argument(w string) {
	c := s.line.Command
	if len(c.Commands) > 0 && len(s.line.Args) == 0 {
		if child := c.child(w); child != nil {
			s.enter(child)
			return
		}
		if c.Default == nil || len(c.Args()) == 0 {
			s.wrong(Mistake{Kind: UnknownCommand, Word: w})
		}
	}
	args, n := c.Args(), len(s.line.Args)
	s.line.Args = append(s.line.Args, w)
	if n >= len(args) {
		if n = len(args) - 1; n < 0 || !args[n].Repeated {
			s.wrong(Mistake{Kind: UnexpectedArgument, Word: w})
			return
		}
	}
	s.closed = s.closed || args[n].Passthrough
}

// enter continues with a subcommand. Options before its name belong to the program, or in a group to the subcommand, if the group's
// default command has the same option.
func (s *scanner) enter(child *Command) {
	before := s.line.Command
	s.line.Command = child
	s.options = child.byName()
	for i, g := range s.line.given {
		if g.option.owner != before.Default || before.Default == nil || before.Default == child {
			continue
		}
		o := s.options[g.option.Long()]
		if o == nil || o.target.Type() != g.option.target.Type() {
			s.wrong(Mistake{Kind: MisplacedOption, Word: g.name, Next: child.Name})
			return
		}
		s.line.given[i].option = o
	}
}
