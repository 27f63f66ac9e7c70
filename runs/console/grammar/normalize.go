package grammar

import (
	"cmp"
	"strings"
)

// Normalize rewrites what the parser does not know: Guild's short options of two letters (`-Fo scheduler`), their status letters
// in one word (`-Sec`), and options that it has another name for. Everything else, values of options and bundles such as `-yb` included, is left as it is.
func (c *Command) Normalize(args []string) []string {
	out := make([]string, 0, len(args))
	options := c.byName()
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return append(out, args[i:]...)
		}
		if !strings.HasPrefix(arg, "-") {
			if child := c.child(arg); child != nil {
				c, options = child, child.byName()
			}
			out = append(out, arg)
			continue
		}
		out = append(out, expand(options, arg)...)
		last := out[len(out)-1]
		if o := options[last]; o != nil && o.Value != "" && i+1 < len(args) {
			i++
			out = append(out, args[i])
		}
	}
	return out
}

func expand(options map[string]*Option, arg string) []string {
	if len(arg) < 3 {
		return []string{arg}
	}
	name, value, hasValue := strings.Cut(arg, "=")
	o, long := options[name], strings.HasPrefix(arg, "--")
	switch {
	case o == nil && long, o != nil && long && o.Parser == "":
		return []string{arg}
	case o != nil && hasValue:
		return []string{cmp.Or(o.Parser, o.Long()) + "=" + value}
	case o != nil:
		return []string{cmp.Or(o.Parser, o.Long())}
	}
	if hasValue || options[arg[:2]] != nil {
		return []string{arg}
	}
	var out []string // letters of one group: -Sec is -Se -Sc
	for _, letter := range arg[2:] {
		o := options[arg[:2]+string(letter)]
		if o == nil {
			return []string{arg}
		}
		out = append(out, o.Long())
	}
	return out
}

// UnknownLetter finds an option such as -Sxy of which there is a group, -Sx and the like, but not with that letter. The group
// is -S; path names the command. All are empty where there is none.
func (c *Command) UnknownLetter(args []string) (letter, group, path string) {
	options := c.byName()
	for _, arg := range args {
		if child := c.child(arg); child != nil {
			c, options = child, child.byName()
			continue
		}
		if len(arg) < 3 || arg[0] != '-' || arg[1] == '-' || options[arg[:2]] != nil || !hasGroup(options, arg[:2]) {
			continue
		}
		for _, l := range arg[2:] {
			if options[arg[:2]+string(l)] == nil {
				return string(l), arg[:2], c.Path
			}
		}
	}
	return "", "", ""
}

func hasGroup(options map[string]*Option, prefix string) bool {
	for name := range options {
		if len(name) == 3 && name[:2] == prefix {
			return true
		}
	}
	return false
}
