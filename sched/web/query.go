package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf16"

	"guild/runs"
	"guild/runs/compare"
	"guild/runs/filter"
	"guild/sched/web/reply"
)

// syntaxError is the response to a text with a syntax error.
type syntaxError struct {
	Error string `json:"error"`
	Param string `json:"param"` // parameter with the text
	At    int    `json:"at"`    // position in UTF-16 units, as scripts count them; the length of the text if it ends too early
}

// query selects runs: those that pass text and have one of some statuses.
type query struct {
	text     filter.Filter
	statuses []runs.Status // empty: all
	offset   int           // index of the first row
	limit    int           // number of rows
}

// readQuery parses ?filter=TEXT, an expression or words, any number of ?status=STATUS, ?offset=N and ?limit=N. If they are invalid it
// responds with the error and returns nil.
func readQuery(w http.ResponseWriter, r *http.Request) *query {
	var q query
	params := r.URL.Query()
	text := strings.TrimSpace(params.Get("filter"))
	flags := filter.Flags{}
	if isExpr(text) {
		flags.Expr = params.Get("filter")
	}
	f, err := flags.Filter()
	if err != nil {
		failSyntax(w, r, "filter", flags.Expr, err)
		return nil
	}
	q.text = *f
	if words := strings.Fields(strings.ToLower(text)); len(words) > 0 && flags.Expr == "" {
		q.text.And(func(r *runs.View) bool { return hasWords(r, words) })
	}
	for _, name := range params["status"] {
		status := runs.Status(name)
		if !slices.Contains(runs.Statuses[:], status) {
			reply.Fail(w, r, http.StatusBadRequest, "no run has the status "+name)
			return nil
		}
		q.statuses = append(q.statuses, status)
	}
	var ok bool
	if q.limit, ok = rowsParam(w, r, "limit", fewRows, 1); !ok {
		return nil
	}
	q.limit = min(q.limit, manyRows)
	if q.offset, ok = rowsParam(w, r, "offset", 0, 0); !ok {
		return nil
	}
	return &q
}

// isExpr reports whether a text is an expression, which has operators, rather than words to search for.
func isExpr(text string) bool {
	return strings.ContainsAny(text, `=<>!()[]'"`) || slices.ContainsFunc(strings.Fields(strings.ToLower(text)), func(w string) bool {
		return w == "is" || w == "in" || w == "contains" || w == "not"
	})
}

// hasWords reports whether all of the words occur somewhere in what lists show of a run.
func hasWords(r *runs.View, words []string) bool {
	host, _ := r.AttrString("host")
	have := strings.ToLower(strings.Join([]string{r.OpSpec(), r.Label(), strings.Join(r.Tags(), "\n"), flagsText(r.Flags()), r.ID, host}, "\n"))
	status := ""
	return !slices.ContainsFunc(words, func(word string) bool {
		if strings.Contains(have, word) {
			return false
		}
		if status == "" {
			status = string(r.Status()) // costs a look at its lock if it is running
		}
		return !strings.Contains(status, word)
	})
}

// failSyntax responds with the error in a parameter's text, and its position.
func failSyntax(w http.ResponseWriter, r *http.Request, param, text string, err error) {
	e := syntaxError{Error: err.Error(), Param: param}
	at := 0
	var expr *filter.SyntaxError
	var column *compare.SyntaxError
	switch {
	case errors.As(err, &expr):
		e.Error, at = expr.Reason, expr.Pos
		if expr.AtEnd {
			e.Error = "the expression ends too early"
		}
	case errors.As(err, &column):
		e.Error, at = column.Reason, column.Pos
	}
	e.At = len(utf16.Encode([]rune(text[:min(at, len(text))])))
	reply.JSON(w, r, http.StatusBadRequest, reply.Encode(e))
}
