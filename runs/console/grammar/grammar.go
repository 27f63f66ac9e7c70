// Package grammar has a command line's grammar as data, and what is made from it: help texts, manual pages, help for programs, and
// what the word at the cursor of a shell may become.
//
// The parser's own model stays in main; a command says how its words are completed in the field Complete of its options and
// arguments: "dir", "command", "one-of:A,B" and "file:PATTERN,..." are dealt with here, every other word is for whoever knows
// the values.
package grammar

import "slices"

// Command is a command, a group of commands, or the program itself.
type Command struct {
	Name     string // the last word
	Path     string // all words, such as "guild runs list"
	Aliases  []string
	Help     string
	Detail   string // more to say than Help, or empty
	Hidden   bool
	Options  []Option // with those of the commands it is in
	Args     []Arg
	Commands []*Command
	Default  *Command // of a group: what it is without a further word; nil where there is none
}

// Option is an option of a command.
type Option struct {
	Names    []string // spellings, the short ones first: "-F", "-Fo", "--operation"
	Help     string
	Value    string // what stands for its value; empty where it takes none
	Group    string // a headline, or empty
	Complete string
	Hidden   bool
	Parser   string // what the parser calls it, where that is not Long: "--required-version"
}

// Long is the first long spelling.
func (o *Option) Long() string {
	i := slices.IndexFunc(o.Names, func(n string) bool { return len(n) > 2 && n[:2] == "--" })
	return o.Names[i]
}

// Arg is an argument.
type Arg struct {
	Name     string
	Help     string
	Optional bool
	Repeated bool
	Complete string
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

// options are those that the command takes: of a group, those of the command that it stands for, which has the group's too.
func (c *Command) options() []Option {
	if c.Default == nil {
		return c.Options
	}
	return c.Default.Options
}

// args are the arguments that the command takes.
func (c *Command) args() []Arg {
	if c.Default == nil {
		return c.Args
	}
	return c.Default.Args
}

// byName maps each spelling of the options to its option: that of the command itself where one that it is in has the same.
func (c *Command) byName() map[string]*Option {
	named := map[string]*Option{}
	for _, o := range c.options() {
		for _, n := range o.Names {
			if named[n] == nil {
				named[n] = &o
			}
		}
		if o.Parser != "" {
			named[o.Parser] = &o
		}
	}
	return named
}
