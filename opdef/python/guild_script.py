import ast
import importlib.machinery
import json
import os
import sys
import types

_ENV = "GUILD_MAIN_GLOBALS"
_HOOK = "__guild_set_params__"


def _literal(value):
    if isinstance(value, list):
        return "[%s]" % ", ".join(map(_literal, value))
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%r: %s" % (k, _literal(v)) for k, v in value.items())
    if isinstance(value, float) and value - value != 0:  # there are no literals for these
        return "(1e999 - 1e999)" if value != value else "1e999" if value > 0 else "-1e999"
    return repr(value)


def _with_sets(value):
    """Return a value from JSON, in which {"!!set": [...]} represents a set."""
    if isinstance(value, list):
        return [_with_sets(v) for v in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["!!set"]:
        return set(value["!!set"])
    return {k: _with_sets(v) for k, v in value.items()}


def _value_node(value, old):
    node = ast.parse(_literal(value), mode="eval").body
    node = _with_tuples(node, old)
    for part in ast.walk(node):
        ast.copy_location(part, old)
    return node


def _with_tuples(node, old):
    """Turn a list into a tuple if the old value is one; inner lists too if all old items are tuples."""
    if not isinstance(node, ast.List) or not isinstance(old, (ast.List, ast.Tuple)):
        return node
    inner = old.elts[0] if old.elts and len({type(e) for e in old.elts}) == 1 else None
    elements = [_with_tuples(e, inner) for e in node.elts]
    return (ast.Tuple if isinstance(old, ast.Tuple) else ast.List)(elts=elements, ctx=ast.Load())


def _set_globals(tree, values):
    """Replace the value in the assignment that counts for each name."""
    values = {name.replace("-", "_"): value for name, value in values.items()}
    places = {id(target): values[name] for name, (_, target) in global_assignments(tree).items() if name in values}
    body = []
    for stmt in tree.body:
        if isinstance(stmt, ast.Assign):
            for target in list(stmt.targets):
                if id(target) in places:
                    stmt.targets.remove(target)
                    new = ast.Assign(targets=[target], value=_value_node(places[id(target)], stmt.value))
                    body.append(ast.copy_location(new, stmt))
            if not stmt.targets:
                continue
        elif isinstance(stmt, ast.AnnAssign) and id(stmt.target) in places:
            stmt.value = _value_node(places[id(stmt.target)], stmt.value)
        body.append(stmt)
    tree.body = body


def _hook_param(tree, name):
    """Pass the value first assigned to a name through the hook."""
    for stmt in tree.body:
        if isinstance(stmt, ast.Assign):
            targets = stmt.targets
        elif isinstance(stmt, ast.AnnAssign) and stmt.value is not None:
            targets = [stmt.target]
        else:
            continue
        if any(isinstance(t, ast.Name) and t.id == name for t in targets):
            call = ast.Call(func=ast.Name(id=_HOOK, ctx=ast.Load()), args=[stmt.value], keywords=[])
            ast.copy_location(call.func, stmt.value)
            stmt.value = ast.copy_location(call, stmt.value)
            return


def _param_setter(name, values):
    """Return the hook, which sets values in a dict or namespace and returns it."""

    def hook(param):
        items = _items(param)
        if items is None:
            sys.exit("'%s' is neither a dict nor a namespace, so flags cannot be set in it" % name)
        for key, value in values.items():
            try:
                _set_item(items, key, value)
            except LookupError as exc:
                sys.exit("flag '%s' cannot be set in '%s': %s" % (key, name, exc))
        return param

    return hook


def _items(param):
    """Return the dict of a dict or namespace, None for anything else."""
    return param if isinstance(param, dict) else getattr(param, "__dict__", None)


def _set_item(items, name, value):
    dots = [i for i, c in enumerate(name) if c == "."]
    if name not in items:
        for i in reversed(dots):
            if name[:i] not in items:
                continue
            inner = _items(items[name[:i]])
            if inner is None:
                raise LookupError("'%s' is %r and holds no other values" % (name[:i], items[name[:i]]))
            _set_item(inner, name[i + 1:], value)
            return
        if dots:
            inner = items[name[:dots[0]]] = {}
            _set_item(inner, name[dots[0] + 1:], value)
            return
    elif isinstance(items[name], tuple) and isinstance(value, list):
        value = tuple(value)
    items[name] = value


def _compile(source, path, state, module):
    """Return the code of the script, and set up its module."""
    tree = ast.parse(source, path)
    values = _with_sets(state["values"])
    if state["param"]:
        module[_HOOK] = _param_setter(state["param"], values)
        _hook_param(tree, state["param"])
    else:
        _set_globals(tree, values)
    return compile(tree, path, "exec", dont_inherit=True)


def _find_module(name):
    """Return the spec of the module that `python -m NAME` runs."""
    import importlib.util

    spec = importlib.util.find_spec(name)
    if spec is not None and spec.submodule_search_locations is not None:
        spec = importlib.util.find_spec(name + ".__main__")
    if spec is None or not hasattr(spec.loader, "get_data"):
        sys.exit("%s: no module named %s can be run" % (sys.executable, name))
    return spec


def _hide_frames(kind, exc, tb):
    """Print an uncaught exception without the frames of this file and of what started it."""
    while tb is not None and tb.tb_frame.f_code.co_filename != __file__:
        tb = tb.tb_next
    while tb is not None and tb.tb_frame.f_code.co_filename == __file__:
        tb = tb.tb_next
    sys.__excepthook__(kind, exc.with_traceback(tb), tb)


class _SpawnPatch(object):
    """Finder that patches multiprocessing.spawn once it is imported.

    A process that multiprocessing spawns imports the main script again. It
    must get it from here, or it would see the script's own values.
    """

    def find_spec(self, name, path=None, target=None):
        if name != "multiprocessing.spawn":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)
            _patch_spawn(module)

        spec.loader.exec_module = exec_module
        return spec


def _patch_spawn(spawn):
    prepare = spawn.get_preparation_data

    def get_preparation_data(name):
        data = prepare(name)
        state = json.loads(os.environ.get(_ENV, "{}"))
        if data.get("init_main_from_path") == state.get("path"):
            data["init_main_from_path"] = state["main"]
        return data

    spawn.get_preparation_data = get_preparation_data


def _watch_spawn():
    if "multiprocessing.spawn" in sys.modules:
        _patch_spawn(sys.modules["multiprocessing.spawn"])
    else:
        sys.meta_path.insert(0, _SpawnPatch())


def _set_path(directory):
    """Put the directory where Python put that of this file, or the current one for python -m."""
    own = os.path.dirname(os.path.abspath(__file__)) if __spec__ is None else os.getcwd()
    if not getattr(sys.flags, "safe_path", False) and sys.path and os.path.abspath(sys.path[0]) == own:
        sys.path[0] = directory


def _prepare(state, argv):
    """Set up sys for the script and return its code and its module."""
    module = types.ModuleType("__main__")
    if argv[0] == "-m":
        _set_path(os.getcwd())
        spec = _find_module(argv[1])
        path = spec.origin
        module.__spec__, module.__package__, module.__loader__ = spec, spec.parent, spec.loader
        sys.argv = [path] + argv[2:]
    else:
        path = os.path.abspath(argv[0])
        _set_path(os.path.dirname(path))
        module.__loader__ = importlib.machinery.SourceFileLoader("__main__", path)
        sys.argv = argv
        os.environ[_ENV] = json.dumps(dict(state, main=os.path.abspath(__file__), path=path))
        _watch_spawn()
    module.__file__ = path
    module.__builtins__ = __builtins__
    with open(path, "rb") as f:
        return _compile(f.read(), path, state, module.__dict__), module


def _module_file(name, main):
    """Return the source of a module, or of the file that is named with or without .py; main comes first."""
    paths = [name, name + ".py"] + [name.replace(".", os.sep) + end for end in (".py", os.sep + "__init__.py")]
    if main in [os.path.abspath(p) for p in paths] or os.path.splitext(os.path.basename(main))[0] == name:
        return main
    for directory in sys.path:
        for path in paths:
            path = os.path.abspath(os.path.join(directory, path))
            if os.path.isfile(path):
                return path
    return None


def _parse_file(path):
    with open(path, "rb") as f:
        return ast.parse(f.read(), path)


def _does_something(stmt):
    """Return whether a statement is more than a literal or a name."""
    return isinstance(stmt, ast.stmt) and not (
        isinstance(stmt, ast.Expr) and not list(ast.walk(stmt.value))[1:] or isinstance(stmt, (ast.Global, ast.Nonlocal)))


def _function_line(tree, names):
    """Return the line of the first statement of a function or method, None if there is none."""
    for node in tree.body:
        if getattr(node, "name", None) == names[0]:
            if names[1:]:
                return _function_line(node, names[1:])
            return node.body[-1 if len(node.body) == 1 else ast.get_docstring(node) is not None].lineno
    return None


def _place(text, main):
    """Return the file and the line of a requested breakpoint."""
    name, _, line = text.rpartition(":")
    path = _module_file(name, main) if name else main
    if line.isdigit() and path:
        lines = [n.lineno for n in ast.walk(_parse_file(path)) if _does_something(n) and n.lineno >= int(line)]
        if lines:
            return path, min(lines)
    parts = text.split(".")
    for i in range(len(parts) - 1, 0, -1):
        path = _module_file(".".join(parts[:i]), main)
        if path:
            line = _function_line(_parse_file(path), parts[i:])
            if line:
                return path, line
    sys.exit("there is no line to break at '%s'; write LINE, FILE:LINE or MODULE.FUNCTION" % text)


def _debug(code, module, spec):
    import pdb
    import traceback

    class Debugger(pdb.Pdb):
        started = False

        def user_line(self, frame):
            """Skip the first line, where bdb always stops, unless it has a breakpoint."""
            if not self.started and not self.break_here(frame):
                self.set_continue()
            else:
                pdb.Pdb.user_line(self, frame)
            self.started = True

    debugger = Debugger()
    for i, text in enumerate(spec["break"]):
        path, line = _place(text, module.__file__)
        debugger.set_break(path, line)
        print("Breakpoint %i at %s:%i" % (i + 1, path, line))
    try:
        if spec["break"]:
            debugger.run(code, module.__dict__)
        else:
            exec(code, module.__dict__)
    except Exception as exc:
        if not spec["on_error"]:
            raise
        tb = exc.__traceback__
        while tb is not None and tb.tb_frame.f_code.co_filename in (__file__, pdb.bdb.__file__, "<string>"):
            tb = tb.tb_next
        traceback.print_exception(type(exc), exc, tb)
        print("Entering post mortem debug session")
        pdb.post_mortem(tb)
        sys.exit(1)


def _run(dest, values, argv, debug=None):
    """Run a script, or -m and a module, with its arguments. Values are those of the flags, by name."""
    sys.excepthook = _hide_frames
    code, module = _prepare({"param": dest.partition(":")[2], "values": values}, argv)
    sys.modules["__main__"] = module
    if debug:
        _debug(code, module, debug)
    else:
        exec(code, module.__dict__)


def _run_spawned():
    """Run the script in a process of multiprocessing, which imports this file as its main script."""
    state = json.loads(os.environ[_ENV])
    _watch_spawn()
    module = globals()
    module["__file__"] = state["path"]
    with open(state["path"], "rb") as f:
        exec(_compile(f.read(), state["path"], state, module), module)
