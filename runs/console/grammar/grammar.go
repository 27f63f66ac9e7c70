// Package grammar parses a command line, and makes from the same grammar help texts, manual pages, help for programs, and what the
// word at the cursor of a shell may become.
//
// The grammar is a tree of Commands. The options and arguments of a command are the fields of a struct with tags in the notation of
// the library kong; the struct's method Run is the command. A command line goes one way, whichever command it is for and whoever
// asks:
//
//	Scan      takes the words apart, from left to right: the first word that is neither an option nor the value of one is the command,
//	          whose struct is read only then, so that the cost of a start does not grow with the number of commands.
//	Line.Bind lets kong decode the values into the structs and check what options say of each other.
//	Line.Run  lets kong call Run with what it asks for.
//
// Options and arguments may stand in any order, and so may the options of the whole program. Behind -- there are no options. Scan
// handles what kong cannot: short options of several letters, and arguments between options. kong therefore gets every line in one
// form, --NAME=VALUE for each option, then -- and the arguments. A wrong line gives a *Mistake, whose Kind tells mistakes apart.
//
// Tags: those of kong that read.go reads, and three more. short2 is a short option of several letters (short2:"Fo" is -Fo);
// passthrough on an argument means that no word from there on is an option; complete says how the shell completes a value: "dir",
// "command", "one-of:A,B" and "file:PATTERN,..." are dealt with here, every other word is for whoever knows the values.
package grammar

import (
	"reflect"
	"slices"
)

// Command is a command, a group of commands, or the program itself.
type Command struct {
	Name     string // the word that calls it
	Aliases  []string
	Help     string
	Detail   string // more to say than Help, or empty
	Hidden   bool   // left out of help texts and completion
	Struct   any    // pointer to the struct of its options and arguments; nil for a group that has none of its own
	Commands []*Command
	Default  *Command // one of Commands: what a group does without a further word; nil where there is none

	parent *Command
	fields *fields // of Struct, read when they are needed
}

// New returns the grammar of a program whose commands are all in place.
func New(program Command) *Command {
	program.adopt()
	return &program
}

// adopt tells the commands which one they are in.
func (c *Command) adopt() {
	for _, k := range c.Commands {
		k.parent = c
		k.adopt()
	}
}

// Option is an option of a command.
type Option struct {
	Names    []string // spellings, the short ones first: "-F", "-Fo", "--operation"
	Help     string
	Value    string // what stands for its value; empty where it takes none
	Group    string // a headline, or empty
	Complete string
	Hidden   bool

	owner *Command
	long  string
	field
}

// Arg is an argument.
type Arg struct {
	Name        string
	Help        string
	Optional    bool
	Repeated    bool
	Passthrough bool // no word from here on is an option
	Complete    string

	field
}

// field is the field of a struct that an option or argument fills in.
type field struct {
	target reflect.Value
	tag    reflect.StructTag
}

// Long is the first long spelling.
func (o *Option) Long() string { return o.long }

// Repeated reports that each time that the option is given adds to its value.
func (o *Option) Repeated() bool { return o.target.Kind() == reflect.Slice }

// Path is all words that call the command, such as "guild runs list".
func (c *Command) Path() string {
	if c.parent == nil {
		return c.Name
	}
	return c.parent.Path() + " " + c.Name
}

// child is the command that is called name here, or nil.
func (c *Command) child(name string) *Command {
	for _, k := range c.Commands {
		if k.Name == name || slices.Contains(k.Aliases, name) {
			return k
		}
	}
	return nil
}

// Find is the command that words name, one below the other.
func (c *Command) Find(words ...string) (*Command, bool) {
	for _, w := range words {
		if c = c.child(w); c == nil {
			return nil, false
		}
	}
	return c, true
}

// Each calls f for the command and all commands below it.
func (c *Command) Each(f func(*Command)) {
	f(c)
	for _, k := range c.Commands {
		k.Each(f)
	}
}

// runs is the command that runs if no further word names one: of a group its default command, else the command itself.
func (c *Command) runs() *Command {
	if c.Default == nil {
		return c
	}
	return c.Default
}

// Options are those that the command takes: its own, then those of the commands above it. Where both have the same long name, the
// command's own counts.
func (c *Command) Options() []*Option {
	c = c.runs()
	all := slices.Clone(c.read().options)
	for at := c.parent; at != nil; at = at.parent {
		for _, o := range at.read().options {
			if !slices.ContainsFunc(all, func(own *Option) bool { return own.long == o.long }) {
				all = append(all, o)
			}
		}
	}
	return all
}

// Args are the arguments that the command takes.
func (c *Command) Args() []*Arg { return c.runs().read().args }

// byName maps each spelling to its option. Where a command above this one has the same spelling, this one's counts.
func (c *Command) byName() map[string]*Option {
	named := map[string]*Option{}
	for _, o := range c.Options() {
		for _, n := range o.Names {
			if named[n] == nil {
				named[n] = o
			}
		}
	}
	return named
}
