"""Find out what flags a Python script has.

Usage: python -c <this file, after the others for flags> REQUEST

REQUEST is JSON: path, module (or null), dir, python_path, args, param, dest,
patterns and mode. With patterns, regular expressions by flag name, the path is
that of a notebook, and guild_cells.py comes first. The mode is one of
  source   The script is only parsed: the result tells where it gets its flags
           from, and what globals it sets to constants, or with param, what is
           in the dict or namespace of that name.
  run      It is run up to where it reads its arguments, and the result tells
           what options it knows.
  written  The options are those that its source adds with literals.
The result is JSON, written to descriptor 3.
"""
import ast
import json
import os
import sys


def _reply(result):
    data = json.dumps(result).encode("ascii")
    while data:
        data = data[os.write(3, data):]


def encode_scalar(value):
    """Return a value for JSON; a non-finite float becomes a map."""
    if isinstance(value, float) and value - value != 0:
        return {"float": str(value)}
    return value


def quote_word(word):
    safe = word and all(c.isalnum() or c in "_@%+=:,./-" for c in word)
    return word if safe else "'%s'" % word.replace("'", "'\"'\"'")


def _word(value):
    """Return an item of a list as a word that is parsed back to the same value."""
    if isinstance(value, (list, tuple, dict)):
        return quote_word(json.dumps(value))
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and looks_typed(value):
        quoted = "'%s'" % value.replace("'", "''")
        return quote_word(quoted) if set(quoted) & set('"\\$`') else '"%s"' % quoted
    return quote_word(str(value))


def looks_typed(text):
    """Return whether a text would be parsed as another type than text."""
    if text.lower() in ("", "yes", "no", "on", "off", "true", "false", "null", "~") or text != text.strip():
        return True
    if text[0] in "[{'\"" or text[-1] == "]" or text.lstrip("+-").lower().startswith(("0x", "0o", "0b", ".inf", ".nan")):
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True


# The script's source


def _constant_flag(name, value):
    flag = {"name": name, "default": encode_scalar(value)}
    if isinstance(value, bool):
        flag["type"] = "boolean"
    elif isinstance(value, (int, float)):
        if isinstance(value, int) and abs(value) >= 1 << 63:
            return None  # it would arrive as a float
        flag["type"] = "number"
    elif isinstance(value, str):
        flag["type"] = "string"
    elif isinstance(value, (list, tuple)):
        if not all(map(_is_plain, value)):
            return None
        flag["default"], flag["split"] = " ".join(map(_word, value)), True
    elif value is not None:
        return None
    return flag


def _is_plain(value, inner=False):
    """Return whether an item of a list can be written on the command line."""
    if isinstance(value, float) and inner:
        return value - value == 0
    if value is None or isinstance(value, (bool, int, float, str)):
        return True
    if isinstance(value, dict):
        return all(isinstance(k, str) and _is_plain(v, True) for k, v in value.items())
    return isinstance(value, (list, tuple)) and all(_is_plain(v, True) for v in value)


def _globals(tree):
    flags = []
    for name, (stmt, _) in global_assignments(tree).items():
        if name.startswith("_"):
            continue
        try:
            flag = _constant_flag(name, ast.literal_eval(stmt.value))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            continue
        if flag:
            flags.append(flag)
    return flags


def _members(node):
    """Return the names and values of an expression for a dict or namespace, None for any other node."""
    if isinstance(node, ast.Dict):
        return [(k, v) for k, v in zip(map(_text, node.keys), node.values) if k]
    if isinstance(node, ast.Call) and not node.args:
        func = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if func in ("dict", "SimpleNamespace"):
            return [(k.arg, k.value) for k in node.keywords if k.arg]
    return None


def _text(node):
    """Return the value of a text literal, or an empty text."""
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
    """Return the literal that a pattern matches in a cell."""
    import re

    for pattern in patterns:
        for source in sources:
            match = re.search(pattern, source, re.MULTILINE)
            if match:
                start, end = spans(match)[0]
                return ast.literal_eval(source[start:end].strip())
    raise ValueError("no match")


def _inspect_notebook(request):
    """Return the flags of a notebook: matches of its patterns, and assignments in its cells."""
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
    main = SourceFile(request["path"])
    flags = _param_flags(main.tree, request["param"]) if request["param"] else _globals(main.tree)
    files = imported_files(main, source_dirs(request))
    dest, run = "globals", False
    config = config_file(main, request["dir"])
    if main.libraries():
        # A script that imports argparse but neither creates nor calls a parser would run to its end.
        dest, run = "args", main.uses_parser() or reaches_parser(main, files)
    elif not config:
        run = reaches_parser(main, files)
        dest = "args" if run else "globals"
    if request["dest"] == "args" and dest != "args":
        run = reaches_parser(main, files)
    if config and dest == "globals":
        dest = "config:" + config
    return {"dest": dest, "run": run, "flags": flags, "files": file_stamps({f.path for f in files})}


def _written(request):
    main = SourceFile(request["path"])
    files = imported_files(main, source_dirs(request))
    options, whole = written_options([main] + files)
    flags, told = written_flags(options)
    libraries = set().union(*(f.libraries() for f in [main] + files))
    whole = whole and told and libraries <= {"argparse"}
    return {"dest": "args", "flags": flags, "whole": whole, "files": file_stamps({f.path for f in files})}


def _run(request):
    import argparse
    import runpy

    os.set_inheritable(3, False)
    dirs = source_dirs(request)
    sys.path[:1] = dirs
    watch = Watch(request, _reply)
    main = SourceFile(request["path"])
    libraries = set().union(*(f.libraries() for f in [main] + imported_files(main, dirs)))
    if "typer" in libraries:
        _import_quietly("typer")
    if libraries & {"click", "typer"}:
        watch.watch_click()
    if "fire" in libraries:
        watch.watch_fire()
    if "tyro" in libraries:
        watch.watch_tyro(argparse)
    watch.watch_argparse(argparse)
    watch.watch_files()
    sys.argv = watch.argv
    try:
        if request["module"]:
            runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(request["path"], run_name="__main__")
    except SystemExit:
        pass
    except BaseException:
        if not watch.found:
            raise
    if not watch.found:  # without arguments, some scripts only say how they are used
        watch.end(_written(request)["flags"], parsed=False)
    watch.end_with_found()


def _import_quietly(name):
    try:
        __import__(name)
    except ImportError:
        pass  # the script itself reports the missing module


def _failure(exc, request):
    """Return the error and its location, as near to the script's own code as possible."""
    line, path = getattr(exc, "lineno", None), getattr(exc, "filename", None)
    text = exc.msg if isinstance(exc, SyntaxError) else str(exc)
    tb = exc.__traceback__
    while tb is not None and not isinstance(exc, SyntaxError):
        name = tb.tb_frame.f_code.co_filename
        if is_local(name, request):
            line, path = tb.tb_lineno, os.path.abspath(name)
        tb = tb.tb_next
    return {"kind": type(exc).__name__, "text": text, "line": line or 0, "path": path if isinstance(path, str) else ""}


def _main():
    request = json.loads(sys.argv[1])
    try:
        result = {"source": _inspect, "run": _run, "written": _written}[request["mode"]](request)
    except BaseException as exc:
        result = {"error": _failure(exc, request)}
    _reply(result)
    if request["mode"] == "run":
        os._exit(0)


_main()
