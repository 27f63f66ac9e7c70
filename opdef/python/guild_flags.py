"""Find out what flags a Python script has.

Usage: python -c <this file> REQUEST

REQUEST is JSON: path, module (or null), dir, args, param, patterns and run. With
patterns, regular expressions by flag name, the path is that of a notebook, and
this file follows guild_cells.py. Without run the script is only parsed: the
result tells whether it reads arguments, and what globals it sets to constants,
or with param, what is in the dict or namespace of that name. With run it is run
up to where it reads its arguments, and the result tells what options it knows.
The result is JSON, written to descriptor 3.
"""
import ast
import json
import os
import sys

_PARSING = ("parse_args", "parse_known_args", "parse_intermixed_args", "parse_known_intermixed_args")


def _reply(result):
    data = json.dumps(result).encode("ascii")
    while data:
        data = data[os.write(3, data):]


def _encode(value):
    """Return the value as JSON can have it, non-finite floats as a map."""
    if isinstance(value, float) and value - value != 0:
        return {"float": str(value)}
    return value


def _quote(word):
    safe = word and all(c.isalnum() or c in "_@%+=:,./-" for c in word)
    return word if safe else "'%s'" % word.replace("'", "'\"'\"'")


def _word(value):
    """Return a member of a list as a word that reads back as the value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and _looks_typed(value):
        return "\"'%s'\"" % value
    return _quote(str(value))


def _looks_typed(text):
    if text.lower() in ("", "yes", "no", "on", "off", "true", "false", "null", "~"):
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True


# The script's source


def _constant_flag(name, value):
    flag = {"name": name, "default": _encode(value)}
    if isinstance(value, bool):
        flag["type"] = "boolean"
    elif isinstance(value, (int, float)):
        flag["type"] = "number"
    elif isinstance(value, str):
        flag["type"] = "string"
    elif isinstance(value, (list, tuple)):
        if not all(v is None or isinstance(v, (bool, int, float, str)) for v in value):
            return None
        flag["default"], flag["split"] = " ".join(map(_word, value)), True
    elif value is not None:
        return None
    return flag


def _globals(tree):
    flags, seen = [], set()
    for stmt in tree.body:
        if isinstance(stmt, ast.Assign):
            targets = stmt.targets
        elif isinstance(stmt, ast.AnnAssign) and stmt.value is not None:
            targets = [stmt.target]
        else:
            continue
        for target in targets:
            if not isinstance(target, ast.Name) or target.id in seen:
                continue
            seen.add(target.id)
            if target.id.startswith("_"):
                continue
            try:
                flag = _constant_flag(target.id, ast.literal_eval(stmt.value))
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                continue
            if flag:
                flags.append(flag)
    return flags


def _members(node):
    """Return names and values of what makes a dict or namespace, None for anything else."""
    if isinstance(node, ast.Dict):
        return [(k, v) for k, v in zip(map(_text, node.keys), node.values) if k]
    if isinstance(node, ast.Call) and not node.args:
        func = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if func in ("dict", "SimpleNamespace"):
            return [(k.arg, k.value) for k in node.keywords if k.arg]
    return None


def _text(node):
    """Return the text that a node is, or nothing."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return ""
    return value if isinstance(value, str) else ""


def _member_flags(members, prefix=""):
    flags = []
    for name, node in members:
        inner = _members(node)
        if inner is not None:
            flags += _member_flags(inner, prefix + name + ".")
            continue
        try:
            flag = _constant_flag(prefix + name, ast.literal_eval(node))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            continue
        if flag and not name.startswith("_"):
            flags.append(flag)
    return flags


def _param_flags(tree, param):
    for stmt in tree.body:
        targets = stmt.targets if isinstance(stmt, ast.Assign) else [getattr(stmt, "target", None)]
        if any(isinstance(t, ast.Name) and t.id == param for t in targets):
            members = _members(getattr(stmt, "value", None))
            if members is not None:
                return _member_flags(members)
    raise LookupError("no dict or namespace is assigned to '%s'" % param)


def _pattern_value(patterns, sources):
    """Return the literal that a pattern finds in a cell."""
    import re

    for pattern in patterns:
        for source in sources:
            match = re.search(pattern, source, re.MULTILINE)
            if match:
                start, end = spans(match)[0]
                return ast.literal_eval(source[start:end].strip())
    raise ValueError("no match")


def _inspect_notebook(request):
    """Return the flags of a notebook: what its patterns find and its cells assign."""
    sources = [cell_source(c) for c in code_cells(load_notebook(request["path"]))]
    flags, types = {}, {"int": "int", "float": "float", "bool": "boolean", "str": "string"}
    for name, patterns in request["patterns"].items():
        try:
            flags[name] = _constant_flag(name, _pattern_value(patterns, sources))
        except (ValueError, TypeError, SyntaxError):
            continue
    for tree in filter(None, map(parse_cell, sources)):
        for name, _, value, annotation in constants(tree):
            if name.startswith("_") or name in flags:
                continue
            flag = flags[name] = _constant_flag(name, value)
            if flag and annotation in types:
                flag["type"] = types[annotation]
    return {"dest": "globals", "run": False, "flags": [f for f in flags.values() if f]}


def _inspect(request):
    if request["patterns"] is not None:
        return _inspect_notebook(request)
    with open(request["path"], "rb") as f:
        tree = ast.parse(f.read(), request["path"])
    modules, names = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.Name):
            names.add(node.id)
    takes_args = bool(modules & {"argparse", "click"})
    # A script that imports argparse but neither makes nor calls a parser would be run to its end.
    runs = "argparse" in modules and bool(names & set(_PARSING + ("ArgumentParser",)))
    runs = runs or "click" in modules and bool(names & {"command", "group", "Command", "Group"})
    flags = _param_flags(tree, request["param"]) if request["param"] else _globals(tree)
    return {"dest": "args" if takes_args else "globals", "run": runs, "flags": flags}


# The script's options


def _type_name(kind):
    names = {int: "int", float: "float", str: "string", bool: "boolean"}
    try:
        return names.get(kind, "")
    except TypeError:  # not hashable
        return ""


def _plain(value):
    import enum

    if isinstance(value, enum.Enum):
        value = value.value
    if value is None or isinstance(value, (bool, int, float, str)):
        return _encode(value)
    return str(value)


def _switch(action, argparse):
    """Return the attributes of an option without a value."""
    if type(action).__name__ == "BooleanOptionalAction":
        no = next((o for o in action.option_strings if o.startswith("--no-")), None)
        if action.default is True and no:
            return {"default": True, "choices": [True, False], "switch": False, "arg": no}
        choices = [True] if action.default is None else [True, False]
        return {"default": _plain(action.default), "choices": choices, "switch": True}
    if isinstance(action, argparse._StoreTrueAction):
        return {"default": bool(action.default), "choices": [True, False], "switch": True}
    if isinstance(action, argparse._StoreFalseAction):
        return {"default": bool(action.default), "choices": [True, False], "switch": False}
    return {"default": False, "choices": [True, False], "switch": True}


def _valued(action, argparse):
    """Return the attributes of an option with one value or several."""
    default = None if action.default == argparse.SUPPRESS else action.default
    flag = {"type": _type_name(action.type)}
    if action.choices is not None:
        flag["choices"] = [_plain(c) for c in action.choices]
    if action.nargs in ("*", "+") or isinstance(action.nargs, int):
        flag["split"] = True
        if isinstance(default, (list, tuple)):
            default = " ".join(_quote(str(_plain(d))) for d in default)
    elif isinstance(default, (list, tuple)):
        default = None
    flag["default"] = _plain(default)
    return flag


def _option_flag(action, parser, argparse):
    skipped = (argparse._HelpAction, argparse._VersionAction, argparse._CountAction, argparse._AppendConstAction)
    options = [o for o in action.option_strings if o.startswith("-")]
    if not options or isinstance(action, skipped) or action.nargs in (argparse.REMAINDER, argparse.PARSER):
        return None
    option = next((o for o in options if o.startswith("--")), options[0])
    flag = {"name": option.lstrip("-"), "required": bool(action.required)}
    if not option.startswith("--"):
        flag["arg"] = option
    flag.update(_switch(action, argparse) if action.nargs == 0 else _valued(action, argparse))
    if action.help and action.help != argparse.SUPPRESS:
        try:
            flag["help"] = action.help % dict(vars(action), prog=parser.prog)
        except (KeyError, TypeError, ValueError):
            flag["help"] = action.help
    return flag if flag["name"] else None


def _sub_parser(parser, words, argparse):
    """Return the parser of the sub-command that the words name."""
    for word in words:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction) and word in action.choices:
                parser = action.choices[word]
                break
    return parser


def _click_flag(param, click):
    options = [o for o in param.opts if o.startswith("-")]
    if not isinstance(param, click.Option) or not options or param.count:
        return None
    option = next((o for o in options if o.startswith("--")), options[0])
    flag = {"name": option.lstrip("-"), "required": bool(param.required)}
    if not option.startswith("--"):
        flag["arg"] = option
    default = param.default if isinstance(param.default, (bool, int, float, str, list, tuple)) else None
    if param.is_flag:
        if not isinstance(param.flag_value, bool):
            return None
        flag.update(type="boolean", default=bool(default), switch=True)
        if default and param.secondary_opts:
            flag.update(switch=False, arg=param.secondary_opts[0])
    elif param.multiple or param.nargs not in (None, 1):
        if param.multiple:
            return None  # the option is to be repeated, for which flags have no form
        flag["split"] = True
        flag["default"] = " ".join(map(_word, default)) if isinstance(default, (list, tuple)) else None
    else:
        flag["default"] = _plain(default)
        flag["choices"] = [_plain(c) for c in getattr(param.type, "choices", None) or []] or None
        flag["type"] = {"integer": "int", "float": "float", "text": "string", "boolean": "boolean"}.get(param.type.name, "")
    if param.help:
        flag["help"] = param.help
    return flag if flag["name"] else None


def _watch_click(request):
    """Make the command report itself in place of running, and end the process."""
    try:
        import click
    except ImportError:
        return  # the script says what it lacks

    def report(self, *args, **named):
        command = self
        for word in request["args"]:
            command = getattr(command, "get_command", lambda _, __: None)(click.Context(command), word) or command
        flags = [_click_flag(p, click) for p in command.params]
        _reply({"dest": "args", "flags": [f for f in flags if f], "files": _local_files(request)})
        os._exit(0)

    for name in ("BaseCommand", "Command"):
        if "main" in vars(vars(click.core).get(name, object)):
            setattr(vars(click.core)[name], "main", report)


def _is_local(path, directory):
    """Tell whether the file belongs to the project, and is not installed below it."""
    path, prefix = os.path.abspath(path), os.path.join(directory, "")
    return path.startswith(prefix) and "site-packages" not in path[len(prefix):]


def _local_files(request):
    """Return the project's files that were imported, with size and time."""
    files = []
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if not isinstance(path, str) or not _is_local(path, request["dir"]):
            continue
        path = os.path.abspath(path)
        if path == request["path"]:
            continue
        try:
            info = os.stat(path)
        except OSError:
            continue
        files.append({"path": path, "size": info.st_size, "mtime": info.st_mtime_ns})
    return files


def _is_own(directory):
    """Tell whether the script asked for the parsing, and not a library while it is imported."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if _is_local(name, directory):
            return True
        if "importlib" in name:
            return False
        frame = frame.f_back
    return True


def _watch(request, argparse):
    """Make the parser report itself in place of parsing, and end the process."""
    directory = request["dir"]

    def reporting(parse):
        def report(self, args=None, *more, **named):
            whole = args is None or list(args) == sys.argv[1:]
            if not whole or not _is_own(directory):
                return parse(self, args, *more, **named)
            parser = _sub_parser(self, request["args"], argparse)
            flags = [_option_flag(a, parser, argparse) for a in parser._actions]
            _reply({"dest": "args", "flags": [f for f in flags if f], "files": _local_files(request)})
            os._exit(0)  # no clean-up of what the script has begun

        return report

    for name in _PARSING:
        if hasattr(argparse.ArgumentParser, name):
            setattr(argparse.ArgumentParser, name, reporting(getattr(argparse.ArgumentParser, name)))


def _run(request):
    import argparse
    import runpy

    os.set_inheritable(3, False)
    _watch(request, argparse)
    with open(request["path"], "rb") as f:
        if b"click" in f.read():
            _watch_click(request)
    sys.argv = [request["path"]] + request["args"]
    try:
        if request["module"]:
            sys.path[0] = request["dir"]
            runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
        else:
            sys.path[0] = os.path.dirname(request["path"])
            runpy.run_path(request["path"], run_name="__main__")
    except SystemExit:
        pass
    return {"dest": "args", "flags": [], "files": _local_files(request)}


def _failure(exc, request):
    """Return what went wrong and where, as close to the script as can be told."""
    line, path = getattr(exc, "lineno", None), getattr(exc, "filename", None)
    text = exc.msg if isinstance(exc, SyntaxError) else str(exc)
    tb = exc.__traceback__
    while tb is not None and not isinstance(exc, SyntaxError):
        name = tb.tb_frame.f_code.co_filename
        if _is_local(name, request["dir"]):
            line, path = tb.tb_lineno, os.path.abspath(name)
        tb = tb.tb_next
    return {"kind": type(exc).__name__, "text": text, "line": line or 0, "path": path if isinstance(path, str) else ""}


def _main():
    request = json.loads(sys.argv[1])
    try:
        result = _run(request) if request["run"] else _inspect(request)
    except BaseException as exc:
        result = {"error": _failure(exc, request)}
    _reply(result)
    if request["run"]:
        os._exit(0)


_main()
