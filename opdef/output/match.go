package output

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// The regular expressions that \key, \value and \step stand for. \value is a word for attributes and a number for scalars; a number may
// begin with its decimal point.
const (
	keyPattern    = `[_a-zA-Z]\S*`
	numberPattern = `(?:[-+]?[0-9]*\.?(?:[0-9]+)?(?:[eE][-+]?[0-9]+)?|[nN][aA][nN]|[-+]?[iI][nN][fF])`
	wordPattern   = `\S+`
	stepPattern   = `[0-9]+`
)

var (
	scalarAliases = strings.NewReplacer(`\key`, keyPattern, `\value`, numberPattern, `\step`, stepPattern)
	attrAliases   = strings.NewReplacer(`\key`, keyPattern, `\value`, wordPattern)

	// A name, a colon and a number at the start of a line. A number in parentheses at the end is the step.
	defaultScalars = []Pattern{
		{Text: `^\key:\s+\value\s+\((?:step\s+)?(?P<step>\step)\)$`},
		{Text: `^(\key):\s+(\value)(?:\s+\(.*\))?$`},
	}
	// A line that consists of a name, a colon and a word.
	defaultAttrs = []Pattern{{Text: `^(\key):\s+(\value)$`}}
)

// stepKey is the reserved name of the step.
const stepKey = "step"

// Matcher finds named values in lines of output. It may be used by several goroutines.
type Matcher struct {
	patterns []compiledPattern
	needle   string // a substring of every line that can match; empty if unknown
}

type compiledPattern struct {
	key    string
	re     *regexp.Regexp
	names  []string // names of the groups, nil if they have none
	keyed  bool     // it has the groups _key and _val
	groups int
}

// Scalars returns a matcher for scalars, or nil if the rules turn scalars off. The error names the pattern that is wrong.
func (r Rules) Scalars() (*Matcher, error) {
	return r.matcher(defaultScalars, scalarAliases)
}

// Attrs returns a matcher for attributes, or nil if the rules turn attributes off. The error names the pattern that is wrong.
func (r Rules) Attrs() (*Matcher, error) {
	return r.matcher(defaultAttrs, attrAliases)
}

func (r Rules) matcher(byDefault []Pattern, aliases *strings.Replacer) (*Matcher, error) {
	if r.None {
		return nil, nil
	}
	m := &Matcher{}
	patterns := r.Patterns
	if r.IsDefault() {
		patterns, m.needle = byDefault, ":"
	}
	for _, p := range patterns {
		c, err := p.compile(aliases)
		if err != nil {
			return nil, fmt.Errorf("the pattern '%s' cannot be used: %w", p.Text, err)
		}
		m.patterns = append(m.patterns, c)
	}
	return m, nil
}

func (p Pattern) compile(aliases *strings.Replacer) (compiledPattern, error) {
	re, err := regexp.Compile(aliases.Replace(p.Text))
	if err != nil {
		return compiledPattern{}, errors.New(strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	c := compiledPattern{key: p.Key, re: re, groups: re.NumSubexp()}
	for _, name := range re.SubexpNames() {
		if name != "" {
			c.names = re.SubexpNames()
		}
	}
	c.keyed = re.SubexpIndex("_key") > 0 && re.SubexpIndex("_val") > 0
	switch {
	case c.names != nil:
	case c.groups == 0:
		return compiledPattern{}, errors.New("it has no group; put parentheses around the part that is the value")
	case c.groups == 1 && p.Key == "":
		return compiledPattern{}, errors.New("it has one group and no name; name the group as in (?P<loss>...)")
	case c.groups > 2:
		return compiledPattern{}, fmt.Errorf("it has %d groups without names; give them names as in (?P<loss>...)", c.groups)
	}
	return c, nil
}

// each calls found with the name and the text of each value in the match m.
func (c *compiledPattern) each(line string, m []int, found func(key, text string)) {
	group := func(i int) (string, bool) {
		if m[2*i] < 0 {
			return "", false
		}
		return line[m[2*i]:m[2*i+1]], true
	}
	switch {
	case c.keyed:
		key, hasKey := group(c.re.SubexpIndex("_key"))
		if text, ok := group(c.re.SubexpIndex("_val")); ok && hasKey {
			found(key, text)
		}
	case c.names != nil:
		for i, name := range c.names {
			if text, ok := group(i); ok && name != "" {
				found(name, text)
			}
		}
	case c.groups == 1:
		if text, ok := group(1); ok {
			found(c.key, text)
		}
	default:
		key, hasKey := group(1)
		if text, ok := group(2); ok && hasKey {
			found(key, text)
		}
	}
}

// Texts returns the values in a line by name, or nil if there are none. The line is without its line break. If a name has several
// values, the last one wins.
func (m *Matcher) Texts(line string) map[string]string {
	if !strings.Contains(line, m.needle) {
		return nil
	}
	var vals map[string]string
	for i := range m.patterns {
		p := &m.patterns[i]
		for _, at := range p.re.FindAllStringSubmatchIndex(line, -1) {
			p.each(line, at, func(key, text string) {
				if vals == nil {
					vals = map[string]string{}
				}
				vals[key] = text
			})
		}
	}
	return vals
}

// Numbers is Texts for numeric values; other values are ignored.
func (m *Matcher) Numbers(line string) map[string]float64 {
	if !strings.Contains(line, m.needle) {
		return nil
	}
	var vals map[string]float64
	for i := range m.patterns {
		p := &m.patterns[i]
		for _, at := range p.re.FindAllStringSubmatchIndex(line, -1) {
			p.each(line, at, func(key, text string) {
				if v, ok := parseNumber(text); ok {
					if vals == nil {
						vals = map[string]float64{}
					}
					vals[key] = v
				}
			})
		}
	}
	return vals
}

// parseNumber parses what Python's float accepts.
func parseNumber(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "xXpP_") {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, false
	}
	return v, true
}
