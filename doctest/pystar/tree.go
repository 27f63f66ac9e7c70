package pystar

import (
	"fmt"
	"strings"

	"go.starlark.net/resolve"
	"go.starlark.net/syntax"
)

// Names that only the rewritten syntax tree can use: no source can spell them.
const (
	treeGlobals = "$globals"
	treeEcho    = "$echo"
	treePercent = "$percent"
	treeFormat  = "$format"
)

// transformer rewrites the syntax tree of one program in place.
type transformer struct{ err error }

// transform makes module-level names entries of the namespace, which are looked up when used, echoes the values of
// expression statements outside functions, and sends % and .format to the host. The tree must be resolved.
func transform(f *syntax.File) error {
	var t transformer
	f.Stmts = t.stmts(f.Stmts, true)
	return t.err
}

// isModuleName reports whether the identifier names something outside the functions of the program.
func isModuleName(id *syntax.Ident) bool {
	b, ok := id.Binding.(*resolve.Binding)
	if !ok || strings.HasPrefix(id.Name, hostPrefix) {
		return false
	}
	return b.Scope == resolve.Global || b.Scope == resolve.Predeclared || b.Scope == resolve.Universal
}

func (t *transformer) stmts(list []syntax.Stmt, module bool) []syntax.Stmt {
	var out []syntax.Stmt
	for _, s := range list {
		out = append(out, s)
		if def := t.stmt(s, module); def != nil {
			out = append(out, def)
		}
	}
	return out
}

// stmt rewrites a statement. A function defined at module level needs a second one, which is returned: the assignment
// of the function to its name in the namespace.
func (t *transformer) stmt(s syntax.Stmt, module bool) (next syntax.Stmt) {
	switch s := s.(type) {
	case *syntax.ExprStmt:
		s.X = t.expr(s.X)
		if module {
			s.X = call(treeEcho, syntax.Start(s.X), s.X)
		}
	case *syntax.AssignStmt:
		t.assign(s)
	case *syntax.DefStmt:
		t.params(s.Params)
		s.Body = t.stmts(s.Body, false)
		if isModuleName(s.Name) {
			name := &syntax.Ident{NamePos: s.Name.NamePos, Name: s.Name.Name}
			return &syntax.AssignStmt{OpPos: s.Def, Op: syntax.EQ, LHS: global(s.Name), RHS: name}
		}
	case *syntax.IfStmt:
		s.Cond = t.expr(s.Cond)
		s.True = t.stmts(s.True, module)
		s.False = t.stmts(s.False, module)
	case *syntax.ForStmt:
		if isWith(s.X) {
			t.checkBranches(s.Body)
		}
		s.X = t.expr(s.X)
		s.Vars = t.expr(s.Vars)
		s.Body = t.stmts(s.Body, module)
	case *syntax.WhileStmt:
		s.Cond = t.expr(s.Cond)
		s.Body = t.stmts(s.Body, module)
	case *syntax.ReturnStmt:
		s.Result = t.expr(s.Result)
	}
	return nil
}

func (t *transformer) assign(s *syntax.AssignStmt) {
	if s.Op == syntax.PERCENT_EQ {
		// The target is evaluated twice, which only shows when its evaluation has effects.
		s.Op = syntax.EQ
		s.RHS = &syntax.BinaryExpr{X: s.LHS, OpPos: s.OpPos, Op: syntax.PERCENT, Y: &syntax.ParenExpr{X: s.RHS}}
	}
	s.RHS = t.expr(s.RHS)
	s.LHS = t.expr(s.LHS)
}

func isWith(e syntax.Expr) bool {
	c, ok := e.(*syntax.CallExpr)
	if !ok {
		return false
	}
	fn, ok := c.Fn.(*syntax.Ident)
	return ok && fn.Name == hostWith
}

// checkBranches rejects break and continue in the body of a with statement, as they would act on the loop that stands
// in for it and not on the one around it.
func (t *transformer) checkBranches(body []syntax.Stmt) {
	for _, s := range body {
		switch s := s.(type) {
		case *syntax.BranchStmt:
			if s.Token != syntax.PASS && t.err == nil {
				t.err = &UnsupportedError{Line: int(s.TokenPos.Line), What: fmt.Sprintf("%v inside with", s.Token)}
			}
		case *syntax.IfStmt:
			t.checkBranches(s.True)
			t.checkBranches(s.False)
		case *syntax.ForStmt:
			if isWith(s.X) {
				t.checkBranches(s.Body)
			}
		}
	}
}

// params rewrites the default values of parameters.
func (t *transformer) params(params []syntax.Expr) {
	for _, p := range params {
		if b, ok := p.(*syntax.BinaryExpr); ok {
			b.Y = t.expr(b.Y)
		}
	}
}

func (t *transformer) exprs(list []syntax.Expr) {
	for i := range list {
		list[i] = t.expr(list[i])
	}
}

func (t *transformer) expr(e syntax.Expr) syntax.Expr {
	switch e := e.(type) {
	case *syntax.Ident:
		if isModuleName(e) {
			return global(e)
		}
	case *syntax.BinaryExpr:
		e.X, e.Y = t.expr(e.X), t.expr(e.Y)
		if e.Op == syntax.PERCENT {
			return call(treePercent, e.OpPos, e.X, e.Y)
		}
	case *syntax.CallExpr:
		return t.call(e)
	case *syntax.Comprehension:
		t.comprehension(e)
	case *syntax.CondExpr:
		e.Cond, e.True, e.False = t.expr(e.Cond), t.expr(e.True), t.expr(e.False)
	case *syntax.DictEntry:
		e.Key, e.Value = t.expr(e.Key), t.expr(e.Value)
	case *syntax.DictExpr:
		t.exprs(e.List)
	case *syntax.DotExpr:
		e.X = t.expr(e.X)
	case *syntax.IndexExpr:
		e.X, e.Y = t.expr(e.X), t.expr(e.Y)
	case *syntax.LambdaExpr:
		t.params(e.Params)
		e.Body = t.expr(e.Body)
	case *syntax.ListExpr:
		t.exprs(e.List)
	case *syntax.ParenExpr:
		e.X = t.expr(e.X)
	case *syntax.SliceExpr:
		e.X, e.Lo, e.Hi, e.Step = t.expr(e.X), t.expr(e.Lo), t.expr(e.Hi), t.expr(e.Step)
	case *syntax.TupleExpr:
		t.exprs(e.List)
	case *syntax.UnaryExpr:
		e.X = t.expr(e.X)
	}
	return e
}

func (t *transformer) call(e *syntax.CallExpr) syntax.Expr {
	e.Fn = t.expr(e.Fn)
	for i, arg := range e.Args {
		switch a := arg.(type) {
		case *syntax.BinaryExpr:
			if a.Op == syntax.EQ { // a keyword argument; X is its name
				a.Y = t.expr(a.Y)
				continue
			}
		case *syntax.UnaryExpr:
			if a.Op == syntax.STAR || a.Op == syntax.STARSTAR {
				a.X = t.expr(a.X)
				continue
			}
		}
		e.Args[i] = t.expr(arg)
	}
	if dot, ok := e.Fn.(*syntax.DotExpr); ok && dot.Name.Name == "format" {
		e.Fn = &syntax.Ident{NamePos: dot.NamePos, Name: treeFormat}
		e.Args = append([]syntax.Expr{dot.X}, e.Args...)
	}
	return e
}

func (t *transformer) comprehension(e *syntax.Comprehension) {
	for _, c := range e.Clauses {
		switch c := c.(type) {
		case *syntax.ForClause:
			c.X = t.expr(c.X)
			c.Vars = t.expr(c.Vars)
		case *syntax.IfClause:
			c.Cond = t.expr(c.Cond)
		}
	}
	e.Body = t.expr(e.Body)
}

// global is the entry of the namespace for the identifier.
func global(id *syntax.Ident) syntax.Expr {
	pos := id.NamePos
	return &syntax.IndexExpr{
		X:      &syntax.Ident{NamePos: pos, Name: treeGlobals},
		Lbrack: pos,
		Y:      &syntax.Literal{Token: syntax.STRING, TokenPos: pos, Raw: fmt.Sprintf("%q", id.Name), Value: id.Name},
		Rbrack: pos,
	}
}

func call(fn string, pos syntax.Position, args ...syntax.Expr) syntax.Expr {
	return &syntax.CallExpr{Fn: &syntax.Ident{NamePos: pos, Name: fn}, Lparen: pos, Args: args, Rparen: pos}
}
