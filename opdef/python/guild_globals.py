import ast


def global_assignments(tree):
    """Return the assignment that gives each global its value, as (statement, target) by name.

    Of several assignments to a name, the last one before its first use counts. Names are in the order of their first
    assignment.
    """
    found, used, functions = {}, set(), {}
    for stmt in tree.body:
        now, when_called = _execution(stmt)
        used |= _used_names(now, functions)
        if when_called:
            functions.setdefault(stmt.name, set()).update(_read_names(when_called))
        if isinstance(stmt, ast.Assign):
            targets = stmt.targets
        elif isinstance(stmt, ast.AnnAssign) and stmt.value is not None:
            targets = [stmt.target]
        else:
            continue
        any_used = bool(used & {"globals", "locals", "vars", "eval", "exec"})
        for target in targets:
            if isinstance(target, ast.Name) and not (target.id in found and (any_used or target.id in used)):
                found[target.id] = (stmt, target)
    return found


def _execution(stmt):
    """Return the parts of a statement that run at once, and those that run when what it defines is called."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    if isinstance(stmt, functions):
        defaults = stmt.args.defaults + [d for d in stmt.args.kw_defaults if d is not None]
        return stmt.decorator_list + defaults, stmt.body
    if isinstance(stmt, ast.ClassDef):
        methods = [s for s in stmt.body if isinstance(s, functions)]
        return stmt.decorator_list + stmt.bases + [s for s in stmt.body if s not in methods], methods
    return [stmt], []


def _read_names(nodes):
    names = set()
    for root in nodes:
        for node in ast.walk(root):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                names.add(node.target.id)
    return names


def _used_names(nodes, functions):
    """Return the names that the nodes read, directly or in the functions that they name."""
    used, new = set(), _read_names(nodes)
    while new:
        used |= new
        new = set().union(*(functions.get(name, set()) for name in new)) - used
    return used


