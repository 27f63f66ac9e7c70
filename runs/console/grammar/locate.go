package grammar

import "strings"

// Point is the place in a command line where a word is being typed.
type Point struct {
	Command *Command
	Before  []string // the words that are complete, without an option whose value is being typed
	Args    []string // the arguments among them
	Word    string   // what is there of the word
	Lead    string   // the part of Word that is no part of the value: "--option="
	Kind    string   // what the value is, see Option.Complete; empty where nothing is known of it
	Option  bool     // the word may be, or is, an option
	Arg     int      // the index of the argument that the word may be; -1 where it is none
}

// Prefix is the part of the value that is there.
func (p *Point) Prefix() string { return p.Word[len(p.Lead):] }

// Locate says what the last of the words may become. The words are those after the name of the program.
func (c *Command) Locate(words []string) Point {
	last := len(words) - 1
	p := Point{Command: c, Before: words[:last], Word: words[last], Arg: -1}
	options, closed := c.byName(), false
	for i := 0; i < last; i++ {
		switch w := words[i]; {
		case closed:
			p.Args = append(p.Args, w)
		case w == "--":
			closed = true
		case len(w) > 1 && w[0] == '-':
			o, hasValue := option(options, w)
			if o == nil || o.Value == "" || hasValue {
				continue
			}
			if i++; i == last {
				p.Before, p.Kind = words[:i-1], o.Complete
				return p
			}
		default:
			if child := p.Command.child(w); child != nil && len(p.Args) == 0 {
				p.Command, options = child, child.byName()
			} else {
				p.Args = append(p.Args, w)
			}
		}
	}
	p.at(options, closed)
	return p
}

// at says what the word itself is.
func (p *Point) at(options map[string]*Option, closed bool) {
	if strings.HasPrefix(p.Word, "-") && !closed {
		name, _, hasValue := strings.Cut(p.Word, "=")
		if o := options[name]; hasValue && o != nil {
			p.Lead, p.Kind = name+"=", o.Complete
			return
		}
		p.Option = true
		return
	}
	p.Arg = len(p.Args)
	args := p.Command.args()
	switch {
	case p.Arg < len(args):
		p.Kind = args[p.Arg].Complete
	case len(args) > 0 && args[len(args)-1].Repeated:
		p.Kind = args[len(args)-1].Complete
	default:
		p.Arg = -1
	}
}

// option is the option that a word is, or the last one of a bundle such as -yl. hasValue says that the word has its value too.
func option(options map[string]*Option, word string) (o *Option, hasValue bool) {
	name, _, hasValue := strings.Cut(word, "=")
	if o := options[name]; o != nil {
		return o, hasValue
	}
	if strings.HasPrefix(word, "--") {
		return nil, false
	}
	for i, letter := range word[1:] {
		o = options["-"+string(letter)]
		if o == nil || o.Value != "" {
			return o, i+2 < len(word)
		}
	}
	return o, false
}
