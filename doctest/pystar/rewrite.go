package pystar

import (
	"fmt"
	"slices"
	"strings"
)

// Names of the host functions that rewritten source calls.
const (
	hostPrefix  = "__py_"
	hostFString = hostPrefix + "fstring"
	hostWith    = hostPrefix + "with"
	hostAssert  = hostPrefix + "assert"
	hostRaise   = hostPrefix + "raise"
	noTarget    = hostPrefix + "none" // the variable of a with statement that has none
)

// LoadName is what the name load is called in programs, as it is a keyword of Starlark. A host that offers something of
// that name must use this one.
const LoadName = "load_"

// UnsupportedError reports Python that has no counterpart on Starlark.
type UnsupportedError struct {
	Line int    // 1-based line in the source
	What string // the construct
}

func (e *UnsupportedError) Error() string { return e.What + " is not supported" }

// unsupported are keywords without a counterpart.
var unsupported = []string{
	"class", "yield", "async", "await", "del", "global", "nonlocal", "except", "finally",
}

type edit struct {
	start, end int
	text       string
}

type rewriter struct {
	src     string
	toks    []token
	modules []string
	edits   []edit
}

// rewriteTokens turns Python source into source that the Starlark parser accepts, line for line. modules are the names
// that may be imported. Errors are *UnsupportedError or describe a syntax error.
func rewriteTokens(src string, modules []string) (string, error) {
	toks, err := lex(src)
	if err != nil {
		return "", err
	}
	r := &rewriter{src: src, toks: toks, modules: modules}
	for i := 0; i < len(toks); {
		next, err := r.token(i)
		if err != nil {
			return "", err
		}
		i = next
	}
	return r.apply(), nil
}

func (r *rewriter) text(i int) string {
	if i < 0 || i >= len(r.toks) {
		return ""
	}
	return r.toks[i].text(r.src)
}

func (r *rewriter) edit(start, end int, text string) {
	r.edits = append(r.edits, edit{start, end, text})
}

func (r *rewriter) replace(i int, text string) { r.edit(r.toks[i].start, r.toks[i].end, text) }
func (r *rewriter) after(i int, text string)   { r.edit(r.toks[i].end, r.toks[i].end, text) }

func (r *rewriter) unsupported(i int, what string) error {
	return &UnsupportedError{Line: 1 + strings.Count(r.src[:r.toks[i].start], "\n"), What: what}
}

// token rewrites what starts at token i and returns the index of the next token to look at.
func (r *rewriter) token(i int) (int, error) {
	t := r.toks[i]
	if t.kind == kindString {
		return r.strings(i)
	}
	if t.kind == kindOp && r.text(i) == "@" && r.startsLine(i) {
		return 0, r.unsupported(i, "a decorator")
	}
	if t.kind == kindName && r.text(i) == "load" {
		r.replace(i, LoadName)
	}
	if t.kind != kindName || r.text(i-1) == "." {
		return i + 1, nil
	}
	switch word := r.text(i); word {
	case "is":
		if r.text(i+1) == "not" {
			r.edit(t.start, r.toks[i+1].end, "!=")
			return i + 2, nil
		}
		r.replace(i, "==")
	case "with":
		return i + 1, r.with(i)
	case "assert":
		return i + 1, r.assert(i)
	case "raise":
		r.raise(i)
	case "try", "except":
		return i + 1, r.try(i)
	case "import":
		return r.imports(i)
	case "from":
		if r.startsStatement(i) {
			return 0, r.unsupported(i, "import of "+r.text(i+1))
		}
	default:
		if slices.Contains(unsupported, word) {
			return 0, r.unsupported(i, word)
		}
	}
	return i + 1, nil
}

// startsLine reports whether token i is the first of its logical line.
func (r *rewriter) startsLine(i int) bool { return i == 0 || r.toks[i-1].kind == kindNewline }

// startsStatement reports whether a statement can start at token i.
func (r *rewriter) startsStatement(i int) bool {
	prev := r.text(i - 1)
	return r.startsLine(i) || r.toks[i].depth == 0 && (prev == ";" || prev == ":")
}

// strings joins adjacent string literals and writes each as Starlark reads it.
func (r *rewriter) strings(i int) (int, error) {
	end := i
	for end < len(r.toks) && r.toks[end].kind == kindString {
		lit, err := literal(r.toks[end], r.src)
		if err != nil {
			return 0, err
		}
		if end > i {
			lit = "+ " + lit
		}
		r.replace(end, lit)
		end++
	}
	if end-i > 1 {
		r.edit(r.toks[i].start, r.toks[i].start, "(")
		r.after(end-1, ")")
	}
	return end, nil
}

// statementEnd returns the index behind the last token of the simple statement that token i belongs to.
func (r *rewriter) statementEnd(i int) int {
	depth := r.toks[i].depth
	for ; i < len(r.toks); i++ {
		if r.toks[i].kind == kindNewline || r.toks[i].depth == depth && r.text(i) == ";" {
			break
		}
	}
	return i
}

// find returns the index of the first token with that text at the depth, from i up to end, or end.
func (r *rewriter) find(i, end, depth int, text string) int {
	for ; i < end; i++ {
		if r.toks[i].depth == depth && r.text(i) == text {
			break
		}
	}
	return i
}

// with turns "with X as y:" into a loop over a host value that enters, yields once and leaves. Several items yield a
// tuple.
func (r *rewriter) with(i int) error {
	t := r.toks[i]
	end := r.statementEnd(i)
	colon := r.find(i, end, t.depth, ":")
	if colon == end || colon == i+1 {
		return fmt.Errorf("invalid syntax: with has no ':'")
	}
	var targets []string
	for item := i + 1; item < colon; {
		stop := r.find(item, colon, t.depth, ",")
		target := noTarget
		if as := r.find(item, stop, t.depth, "as"); as < stop-1 {
			target = r.src[r.toks[as+1].start:r.toks[stop-1].end]
			r.edit(r.toks[as].start, r.toks[stop-1].end, "")
			r.dropTokens(as, stop)
		}
		targets = append(targets, target)
		item = stop + 1
	}
	r.replace(i, fmt.Sprintf("for %s in %s(", strings.Join(targets, ", "), hostWith))
	colonPos := r.toks[colon].start
	r.edit(colonPos, colonPos, ")")
	return nil
}

// dropTokens keeps deleted text from being rewritten.
func (r *rewriter) dropTokens(from, to int) {
	for i := from; i < to; i++ {
		r.toks[i].kind = kindOp
	}
}

// try makes a plain block of a try statement whose handlers do nothing but raise: there is an error with them or without.
func (r *rewriter) try(i int) error {
	end := r.statementEnd(i)
	colon := r.find(i, end, r.toks[i].depth, ":")
	if !r.startsStatement(i) || colon == end {
		return r.unsupported(i, r.text(i))
	}
	if r.text(i) == "try" {
		r.replace(i, "if True")
		return nil
	}
	handler := colon + 1
	for handler < len(r.toks) && r.toks[handler].kind == kindNewline {
		handler++
	}
	if r.text(handler) != "raise" {
		return r.unsupported(i, "an except that does more than raise")
	}
	r.edit(r.toks[i].start, r.toks[colon-1].end, "elif False")
	r.dropTokens(i, colon)
	return nil
}

func (r *rewriter) assert(i int) error {
	end := r.statementEnd(i)
	if end == i+1 {
		return fmt.Errorf("invalid syntax: assert has no condition")
	}
	r.replace(i, hostAssert+"((")
	if c := r.find(i, end, r.toks[i].depth, ","); c < end-1 {
		r.replace(c, "), lambda: (")
	}
	r.after(end-1, "))")
	return nil
}

func (r *rewriter) raise(i int) {
	end := r.statementEnd(i)
	r.replace(i, hostRaise+"(")
	if f := r.find(i, end, r.toks[i].depth, "from"); f < end {
		r.replace(f, ", ")
		r.dropTokens(f, f+1)
	}
	r.after(end-1, ")")
}

// imports turns an import of modules that the host offers into pass.
func (r *rewriter) imports(i int) (int, error) {
	end := r.statementEnd(i)
	for j := i + 1; j < end; j++ {
		name := r.text(j)
		if name == "," || name == "." || r.text(j-1) == "." {
			continue
		}
		if !slices.Contains(r.modules, name) {
			return 0, r.unsupported(i, "import of "+strings.TrimSpace(r.src[r.toks[j].start:r.toks[end-1].end]))
		}
	}
	r.edit(r.toks[i].start, r.toks[end-1].end, "pass")
	return end, nil
}

// apply returns the source with the edits made. Edits at one place keep their order.
func (r *rewriter) apply() string {
	slices.SortStableFunc(r.edits, func(a, b edit) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return a.end - b.end
	})
	var b strings.Builder
	pos := 0
	for _, e := range r.edits {
		b.WriteString(r.src[pos:e.start])
		b.WriteString(e.text)
		pos = e.end
	}
	b.WriteString(r.src[pos:])
	return b.String()
}
