package grammar

import (
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// Line is a command line that was taken apart.
type Line struct {
	Command *Command // the command that is meant, or a group whose name no further word follows
	Args    []string // the arguments
	program *Command
	given   []setting
	mistake *Mistake // the first
	bound   *kong.Context
}

// setting is an option that was given.
type setting struct {
	option *Option
	name   string // as it was written
	value  string
	valued bool // there is a value
}

// Scan takes the words after the name of the program apart. What is wrong with them is the error of Bind.
func (c *Command) Scan(words []string) *Line {
	s := newScanner(c)
	for _, w := range words {
		s.word(w)
	}
	s.end()
	return s.line
}

// String is the line in the one form that kong gets, one part of it for each command: "guild --home=x run --yes -- op a=1".
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

// Asked reports that an option of the whole program was given, such as "--version".
func (l *Line) Asked(long string) bool {
	return slices.ContainsFunc(l.given, func(g setting) bool { return g.option.owner == l.program && g.option.Long() == long })
}

// Unknown reports that there is no such command as the line says.
func (l *Line) Unknown() bool { return l.mistake != nil && l.mistake.Kind == UnknownCommand }

// scanner takes the words of a command line one after the other.
type scanner struct {
	line    *Line
	options map[string]*Option // of the command so far, by their spellings
	waiting *setting           // an option that the next word is the value of
	closed  bool               // no further word is an option
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

// end is the end of the line.
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

// wrong notes a mistake, unless there is one already.
func (s *scanner) wrong(m Mistake) {
	if s.line.mistake == nil {
		m.At = s.line.Command
		s.line.mistake = &m
	}
}

// value takes a word for the value of the option before it, and reports that it is one. A word that looks like an option is none:
// else a forgotten value would take a -y or --stage with it in silence. Such a value is written with an equals sign.
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

// option takes a word that begins with a dash: one option, with a value or without, or several short ones.
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

// isGroup reports that options of two letters begin with the first one: -Sr, -Sc and so on.
func (s *scanner) isGroup(first string) bool {
	for name := range s.options {
		if len(name) == 3 && name[:2] == first {
			return true
		}
	}
	return false
}

// group takes options of two letters in one word: -Sec is -Se -Sc.
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

// bundle takes short options in one word: -yb is -y -b, and -ylabc is -y -l abc.
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

// argument takes a word that is no option: the name of a command, or an argument.
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

// enter goes on with a command of the one so far. Options that stand before its name are those of the program; in a group they may be
// its own too, if they are the same in what the group does by itself.
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
