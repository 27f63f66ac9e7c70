package pystar

import "go.starlark.net/starlark"

// ContextManager is a value that a with statement can enter. Enter returns what "as" binds; Exit runs after the block,
// whether it failed or not.
type ContextManager interface {
	starlark.Value
	Enter() (starlark.Value, error)
	Exit()
}

// entered is the host side of a with statement. A loop over it runs its body once; the end of the loop, also by return
// or by an error, leaves the managers in reverse order.
type entered struct {
	managers []ContextManager
	value    starlark.Value
	yielded  bool
}

// with enters the managers in order and returns a value to iterate over.
func with(args starlark.Tuple) (starlark.Value, error) {
	e := &entered{}
	values := make(starlark.Tuple, len(args))
	for i, arg := range args {
		m, ok := arg.(ContextManager)
		if !ok {
			e.Done()
			return nil, Errorf("TypeError", "'%s' object does not support the context manager protocol", TypeName(arg))
		}
		v, err := m.Enter()
		if err != nil {
			e.Done()
			return nil, err
		}
		e.managers = append(e.managers, m)
		values[i] = v
	}
	e.value = values
	if len(values) == 1 {
		e.value = values[0]
	}
	return e, nil
}

// Iterate implements starlark.Iterable.
func (e *entered) Iterate() starlark.Iterator { return e }

// Next implements starlark.Iterator.
func (e *entered) Next(p *starlark.Value) bool {
	if e.yielded {
		return false
	}
	*p, e.yielded = e.value, true
	return true
}

// Done implements starlark.Iterator: it leaves the managers.
func (e *entered) Done() {
	for i := len(e.managers) - 1; i >= 0; i-- {
		e.managers[i].Exit()
	}
	e.managers = nil
}

func (e *entered) Freeze()               {}
func (e *entered) Hash() (uint32, error) { return 0, Errorf("TypeError", "unhashable type: 'with'") }
func (e *entered) String() string        { return "<with>" }
func (e *entered) Truth() starlark.Bool  { return true }
func (e *entered) Type() string          { return "with" }
