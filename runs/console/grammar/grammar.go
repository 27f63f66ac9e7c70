// Package grammar parses command lines. From the same grammar it makes help texts, manual pages, help as JSON, and completions for shells.
//
// The grammar is a tree of Commands. The options and arguments of a command are the fields of a struct with tags in the notation of
// the library kong; the struct's method Run is the command. Every command line is processed in three steps:
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
// "command", "one-of:A,B" and "file:PATTERN,..." are dealt with here, every other word is left to the caller.
package grammar

import (
	"reflect"
	"slices"
)

// Command is a command, a group of commands, or the program itself.
type Command struct {
	Name     string // the word that selects it
	Aliases  []string
	Help     string
	Detail   string // a longer text for the help, or empty
	Group    string // heading in the help of the command above; empty: Commands
	Hidden   bool   // omitted from help and completion
	Struct   any    // pointer to the struct of its options and arguments; nil for a group that has none
	Commands []*Command
	Default  *Command // one of Commands, which a group runs without a further word; nil if there is none

	parent *Command
	fields *fields // fields of Struct, read on first use
}

// New returns the grammar of a program whose commands are all in place.
func New(program Command) *Command {
	program.adopt()
	return &program
}

// adopt sets the parent of all commands below this one.
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
	Value    string // placeholder of its value; empty if it takes none
	Group    string // heading in help texts, or empty
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

// field is the struct field of an option or argument.
type field struct {
	target reflect.Value
	tag    reflect.StructTag
}

// Long returns the first long spelling.
func (o *Option) Long() string { return o.long }

// Repeated reports whether the option may be given several times, each of which adds a value.
func (o *Option) Repeated() bool { return o.target.Kind() == reflect.Slice }

// Path returns the words that select the command, such as "guild runs list".
func (c *Command) Path() string {
	if c.parent == nil {
		return c.Name
	}
	return c.parent.Path() + " " + c.Name
}

// child returns the subcommand with a name or alias, or nil.
func (c *Command) child(name string) *Command {
	for _, k := range c.Commands {
		if k.Name == name || slices.Contains(k.Aliases, name) {
			return k
		}
	}
	return nil
}

// Find returns the command that words select, starting from this one.
func (c *Command) Find(words ...string) (*Command, bool) {
	for _, w := range words {
		if c = c.child(w); c == nil {
			return nil, false
		}
	}
	return c, true
}

// Each calls f for the command and all of its subcommands, recursively.
func (c *Command) Each(f func(*Command)) {
	f(c)
	for _, k := range c.Commands {
		k.Each(f)
	}
}

// runs returns the command that runs if no further word follows: a group's default command, else the command itself.
func (c *Command) runs() *Command {
	if c.Default == nil {
		return c
	}
	return c.Default
}

// Options returns the options that the command takes: its own, then those of the commands above it. An option of its own hides one with
// the same long name above.
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

// Args returns the arguments that the command takes.
func (c *Command) Args() []*Arg { return c.runs().read().args }

// byName maps each spelling to its option. Options of the command itself take precedence over those of commands above it.
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
