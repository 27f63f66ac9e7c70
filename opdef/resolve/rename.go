package resolve

import (
	"fmt"
	"regexp"
	"strings"

	"guild/opdef/flagvalue"
	"guild/opdef/resource"
	"guild/runs/pattern"
)

// rename applies the first of the source's renames that changes the name.
func (t *task) rename(src *resource.Source, name string) (string, error) {
	for _, r := range src.Rename {
		fail := func(pattern, repl string, err error) (string, error) {
			return "", fmt.Errorf("error renaming source %s ('%s' -> '%s'): %w", name, pattern, repl, err)
		}
		var expanded [2]string
		for i, text := range []string{r.Pattern, r.Repl} {
			var err error
			if expanded[i], err = flagvalue.ExpandFlags(text, t.Values); err != nil {
				return fail(r.Pattern, r.Repl, fmt.Errorf("resolution error: cannot resolve '%s': %w", text, err))
			}
		}
		re, err := regexp.Compile(expanded[0])
		if err != nil {
			return fail(expanded[0], expanded[1], err)
		}
		if renamed := replaceFirst(re, name, expanded[1]); renamed != name {
			return renamed, nil
		}
	}
	return name, nil
}

// group is a reference to a group in a replacement, as Python writes it: \1, \g<1> or \g<name>.
var group = pattern.Lazy(`\\(?:([0-9]{1,2})|g<(\w+)>|(.))`)

// replaceFirst replaces the first match of re in s.
func replaceFirst(re *regexp.Regexp, s, repl string) string {
	m := re.FindStringSubmatchIndex(s)
	if m == nil {
		return s
	}
	template := group().ReplaceAllStringFunc(strings.ReplaceAll(repl, "$", "$$"), func(ref string) string {
		g := group().FindStringSubmatch(ref)
		if g[3] != "" {
			return g[3]
		}
		return "${" + g[1] + g[2] + "}"
	})
	return s[:m[0]] + string(re.ExpandString(nil, template, s, m)) + s[m[1]:]
}
