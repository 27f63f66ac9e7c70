package grammar

import (
	"fmt"
	"slices"
	"strings"

	"guild/runs/console"
)

// Kind is a kind of mistake in a command line.
type Kind int

// The kinds of mistakes. The comments say what the fields Word and Next of a Mistake are.
const (
	UnknownCommand     Kind = iota // Word is the command
	UnknownOption                  // Word is the option, Next the word of several short options that it is in, or the option itself
	UnknownLetter                  // Word is the second letter of a short option, Next the first with its dash
	MissingCommand                 // of a group that does nothing by itself
	MissingValue                   // Word is the option, Next the word behind it that looks like an option, or empty
	MissingArgument                // Word is the argument
	UnexpectedArgument             // Word is the argument
	MisplacedOption                // Word is an option that stands before the command Next and means something else there
	BadValue                       // Word is the option or argument, Err says what is wrong with its value
	Conflict                       // Err says which options exclude each other, or which values there are
)

// Mistake is the error for a wrong command line.
type Mistake struct {
	Kind       Kind
	At         *Command // the command whose help tells more
	Word, Next string   // see Kind
	Err        error    // the cause, or nil
}

func (m *Mistake) Unwrap() error { return m.Err }

// ExitStatus returns the exit status for a wrong command line: that of Guild AI, whose parser does not find the two kinds that have 1.
func (m *Mistake) ExitStatus() int {
	if m.Kind == Conflict || m.Kind == UnknownLetter {
		return console.ExitFailed
	}
	return console.ExitUsage
}

// Error says what is wrong and which command shows more.
func (m *Mistake) Error() string {
	if m.Kind == UnknownCommand || m.Kind == UnknownOption {
		if instead := absent(m.Word); instead != "" {
			return "'" + m.Word + "' is not here: " + instead
		}
	}
	if m.Kind == UnknownLetter {
		return m.text()
	}
	return m.text() + " (see '" + m.At.Path() + " --help')"
}

// Hint returns a line to show below the message.
func (m *Mistake) Hint() string {
	if m.Kind == UnknownLetter {
		return "Try '" + m.At.Path() + " --help' for more information."
	}
	return ""
}

func (m *Mistake) text() string {
	switch m.Kind {
	case UnknownCommand:
		return "no such command '" + m.Word + "'" + m.near()
	case UnknownOption:
		if m.Next != "" && m.Next != m.Word {
			return fmt.Sprintf("unrecognized option '%s' in '%s'", m.Word, m.Next)
		}
		return "unrecognized option '" + m.Word + "'" + m.near()
	case UnknownLetter:
		return fmt.Sprintf("unrecognized status char '%s' in option '%s'", m.Word, m.Next)
	case MissingCommand:
		if m.At.parent == nil {
			return "the command is missing"
		}
		return fmt.Sprintf("'%s' needs a command: %s", m.At.Path(), strings.Join(m.At.names(), ", "))
	case MissingValue:
		if m.Next != "" {
			return fmt.Sprintf("%s needs a value; if '%s' is meant, write %s=%s", m.Word, m.Next, m.Word, m.Next)
		}
		return m.Word + " needs a value"
	case MissingArgument:
		return fmt.Sprintf("'%s' needs the argument %s", m.At.Path(), m.Word)
	case UnexpectedArgument:
		return fmt.Sprintf("unexpected argument '%s': '%s' takes %s", m.Word, m.At.Path(), m.At.takes())
	case MisplacedOption:
		return fmt.Sprintf("option '%s' stands before '%s', where it means something else; write it behind '%s'", m.Word, m.Next, m.Next)
	}
	return m.Err.Error()
}

// takes returns, in words, how many arguments the command takes.
func (c *Command) takes() string {
	switch n := c.room(); n {
	case 0:
		return "none"
	case 1:
		return "one"
	default:
		return fmt.Sprintf("%d at most", n)
	}
}

// names returns the names of the subcommands that are not hidden.
func (c *Command) names() []string {
	var names []string
	for _, k := range c.Commands {
		if !k.Hidden {
			names = append(names, k.Name)
		}
	}
	return names
}

// near suggests names that are spelled like the word or begin with it. It suggests nothing for a short option, since all short options
// are one letter away from each other.
func (m *Mistake) near() string {
	var known []string
	if m.Kind == UnknownCommand {
		known = m.At.names()
		for _, k := range m.At.Commands {
			known = append(known, k.Aliases...)
		}
	} else if strings.HasPrefix(m.Word, "--") {
		for _, o := range m.At.Options() {
			if !o.Hidden {
				known = append(known, o.Names...)
			}
		}
	}
	if text := console.DidYouMean(m.Word, known); text != "" {
		return text
	}
	const least = 2 // letters; too many names begin with a given letter
	if len(strings.TrimLeft(m.Word, "-")) < least {
		return ""
	}
	longer := slices.DeleteFunc(known, func(n string) bool { return !strings.HasPrefix(n, m.Word) })
	if len(longer) == 0 {
		return ""
	}
	return "; did you mean " + console.Quoted(longer[:min(3, len(longer))], " or ") + "?"
}
