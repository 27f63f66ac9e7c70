package program

import (
	"fmt"
	"strconv"
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/python"
	"guild/runs/pattern"
)

// RConstant is an assignment of a literal to a variable at the top level of an R script.
type RConstant struct {
	Name       string
	Value      any // bool, int, float64 or string
	Integer    bool
	start, end int // of the literal, in bytes of the script
}

var (
	rAssignment = pattern.Lazy(`^([A-Za-z.][A-Za-z0-9._]*)[ \t]*(?:<-|=)[ \t]*(.*?)[ \t]*;?[ \t\r]*$`)
	rNumber     = pattern.Lazy(`^-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?L?$`)
	// A line that the next one continues, or whose condition it belongs to.
	rUnfinished = pattern.Lazy(`(?:<-|[-=+*/,|&%~<>^:!(\[{]|\b(?:else|repeat|function))$|^(?:\}?\s*else\s+)?(?:if|for|while)\b.*\)$|\bfunction\s*\(.*\)$`)
	// What occurs only in scripts that read the arguments of their command.
	rArguments = pattern.Lazy(`\b(?:commandArgs|optparse|argparse|argparser|docopt|getopt)\b`)
)

// RConstants returns the first assignment to each variable that is assigned a literal at the top level of an R script.
func RConstants(source string) []RConstant {
	var found []RConstant
	seen := map[string]bool{}
	before := ""
	for _, line := range rLines(source) {
		m := rAssignment().FindStringSubmatchIndex(line.code)
		if line.top && m != nil && m[2] == 0 && !rUnfinished().MatchString(before) {
			name := line.code[m[2]:m[3]]
			c := RConstant{Name: name, start: line.start + m[4], end: line.start + m[5]}
			if c.read(line.code[m[4]:m[5]]) && !seen[name] {
				found = append(found, c)
			}
			seen[name] = true
		}
		if code := strings.TrimSpace(line.code); code != "" {
			before = code
		}
	}
	return found
}

// rLine is a line of an R script without its comment.
type rLine struct {
	start int  // in bytes of the script
	top   bool // the line begins outside of braces, brackets, parentheses and strings
	code  string
}

// rLines splits a script into lines.
func rLines(source string) []rLine {
	var lines []rLine
	start, depth, quote := 0, 0, byte(0)
	top, comment := true, -1
	end := func(i int) {
		code := source[start:i]
		if comment >= 0 {
			code = source[start:comment]
		}
		lines = append(lines, rLine{start, top, code})
		start, top, comment = i+1, depth == 0 && quote == 0, -1
	}
	for i := 0; i < len(source); i++ {
		switch c := source[i]; {
		case c == '\n':
			end(i)
		case comment >= 0:
		case quote != 0:
			if c == '\\' && quote != '`' && i+1 < len(source) && source[i+1] != '\n' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '#':
			comment = i
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		}
	}
	end(len(source))
	return lines
}

// read sets the value from a literal, and reports whether text is one.
func (c *RConstant) read(text string) bool {
	switch text {
	case "TRUE", "T":
		c.Value = true
		return true
	case "FALSE", "F":
		c.Value = false
		return true
	}
	if rNumber().MatchString(text) {
		digits, integer := strings.CutSuffix(text, "L")
		c.Integer = integer
		if n, err := strconv.Atoi(digits); err == nil {
			c.Value = n
			return true
		}
		f, err := strconv.ParseFloat(digits, 64)
		c.Value = f
		return err == nil && !integer
	}
	if len(text) < 2 || text[0] != '"' && text[0] != '\'' || text[len(text)-1] != text[0] {
		return false
	}
	inner := text[1 : len(text)-1]
	if strings.ContainsRune(strings.NewReplacer(`\\`, "", `\`+text[:1], "").Replace(inner), rune(text[0])) {
		return false // several strings
	}
	if text[0] == '\'' {
		inner = strings.ReplaceAll(strings.ReplaceAll(inner, `\'`, `'`), `"`, `\"`)
	}
	s, err := strconv.Unquote(`"` + inner + `"`)
	c.Value = s
	return err == nil
}

// RFlags returns the flags of an R script, and how it receives them: DestGlobals if it has constants and does not read the arguments of its
// command, and otherwise DestArgs.
func RFlags(source string) (flags []python.Flag, dest string) {
	if rArguments().MatchString(source) {
		return nil, DestArgs
	}
	for _, c := range RConstants(source) {
		f := configFlag(c.Name, c.Value)
		if c.Integer {
			f.Type = flagvalue.TypeInt
		}
		flags = append(flags, f)
	}
	if len(flags) == 0 {
		return nil, DestArgs
	}
	return flags, DestGlobals
}

// SetRConstants returns the script with new values of its constants. A constant that already has the value keeps its spelling. Values of
// other variables are an error.
func SetRConstants(source string, vals map[string]any) (string, error) {
	var b strings.Builder
	done, set := 0, 0
	for _, c := range RConstants(source) {
		v, ok := vals[c.Name]
		if !ok {
			continue
		}
		set++
		if flagvalue.Equal(v, c.Value) {
			continue
		}
		b.WriteString(source[done:c.start])
		b.WriteString(c.literal(v))
		done = c.end
	}
	if set < len(vals) {
		known := map[string]bool{}
		for _, c := range RConstants(source) {
			known[c.Name] = true
		}
		for name := range vals {
			if !known[name] {
				return "", fmt.Errorf("it assigns no literal to '%s'", name)
			}
		}
	}
	b.WriteString(source[done:])
	return b.String(), nil
}

// literal returns a value as a literal of R.
func (c *RConstant) literal(v any) string {
	switch v := v.(type) {
	case bool:
		return strings.ToUpper(strconv.FormatBool(v))
	case int:
		if c.Integer {
			return strconv.Itoa(v) + "L"
		}
		return strconv.Itoa(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case nil:
		return "NULL"
	}
	return rQuoted(flagvalue.PlainText(v))
}

// rQuoted returns a text as a string literal of R.
func rQuoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s) + `"`
}
