import ast
import os

# Static analysis of a project for its parsers.

_PARSING = ("parse_args", "parse_known_args", "parse_intermixed_args", "parse_known_intermixed_args",
            "parse_args_into_dataclasses")

# Libraries that read arguments, and the names that a script contains if it uses them for that.
_LIBRARIES = {
    "argparse": _PARSING + ("ArgumentParser",),
    "click": ("command", "group", "Command", "Group"),
    "typer": ("Typer", "run"),
    "fire": ("Fire",),
    "tyro": ("cli",),
    "simple_parsing": _PARSING + ("ArgumentParser", "parse"),
    "jsonargparse": _PARSING + ("ArgumentParser", "CLI", "auto_cli"),
    "configargparse": _PARSING + ("ArgumentParser", "ArgParser"),
    "tap": ("Tap", "tapify"),
    "transformers": ("HfArgumentParser",),
    "trl": ("TrlParser",),
}

_CALLS = set(_PARSING) | {"Fire", "cli", "CLI", "auto_cli", "tapify"}  # that read the arguments
_MOST_MODULES = 500


class SourceFile(object):
    """A file of the project, analysed without running it."""

    def __init__(self, path, data=None):
        if data is None:
            with open(path, "rb") as f:
                data = f.read()
        self.path, self.tree = path, ast.parse(data, path)
        self.names, self.imports, self.functions, self.top = set(), [], {}, []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute):
                self.names.add(node.attr)
            elif isinstance(node, ast.Name):
                self.names.add(node.id)
            elif isinstance(node, ast.Import):
                self.imports += [(alias.name, (), 0) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                self.imports.append((node.module or "", [a.name for a in node.names], node.level))
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self.functions.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.Call) and node.args and _called_name(node) in ("import_module", "__import__"):
                self.imports += [(name, (), 0) for name in [_literal(node.args[0])[1]] if isinstance(name, str)]
        for stmt in self.tree.body:
            if not isinstance(stmt, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not _is_main_block(stmt):
                self.top.append(stmt)
        for _, imported, _ in self.imports:
            self.names.update(imported)

    def libraries(self):
        """Return the argument libraries that the file imports."""
        modules = {name.split(".")[0] for name, _, level in self.imports if not level}
        found = modules & set(_LIBRARIES)
        for shared in ("transformers", "trl"):  # usually imported for other purposes
            if not self.names & set(_LIBRARIES[shared]):
                found.discard(shared)
        return found

    def uses_parser(self):
        return any(self.names & set(_LIBRARIES[lib]) for lib in self.libraries())


def _is_main_block(stmt):
    return isinstance(stmt, ast.If) and any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(stmt.test))


def _added_dirs(source, dirs):
    """Return the directories that a file adds to sys.path, as far as its texts tell: beside the file, or relative to one of dirs."""
    added = []
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.Call) and node.args and _called_name(node) in ("insert", "append")
                and getattr(getattr(node.func, "value", None), "attr", "") == "path"):
            continue
        parts = list(ast.walk(node.args[-1]))
        texts = [n for n in parts if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        texts = [n.value for n in sorted(texts, key=lambda n: (n.lineno, n.col_offset))]
        bases = dirs
        if any(isinstance(n, ast.Name) and n.id == "__file__" for n in parts):
            up = sum(isinstance(n, ast.Call) and _called_name(n) == "dirname" or isinstance(n, ast.Attribute) and n.attr == "parent"
                     for n in parts)
            bases = [os.path.join(source.path, *[".."] * up)]
        added += [os.path.abspath(os.path.join(base, *texts)) for base in bases]
    return added


def imported_files(main, dirs):
    """Return the files of the project that a file imports, directly or indirectly."""
    files, queue, dirs = {}, [main], dirs + _added_dirs(main, dirs)
    while queue and len(files) < _MOST_MODULES:
        source = queue.pop()
        for name, imported, level in source.imports:
            base = dirs
            if level:
                folder = source.path
                for _ in range(level):
                    folder = os.path.dirname(folder)
                base = [folder]
            for path in _module_files(name, imported, base):
                if path in files or path == main.path:
                    continue
                try:
                    files[path] = SourceFile(path)
                except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
                    continue
                queue.append(files[path])
    return list(files.values())


def _module_files(name, imported, dirs):
    """Return the files of a module, of its parent packages, and of the modules imported from it."""
    parts = name.split(".") if name else []
    for directory in dirs:
        found = []
        for i in range(len(parts) + 1):
            stem = os.path.join(directory, *parts[:i])
            names = [os.path.join(stem, "__init__")] if i < len(parts) or not parts else [stem, os.path.join(stem, "__init__")]
            names += [os.path.join(stem, n) for n in imported] if i == len(parts) else []
            found += [os.path.abspath(n + ".py") for n in names if os.path.isfile(n + ".py")]
        if not parts and found or any(os.path.dirname(f) != directory or parts for f in found):
            return found
    return []


def _called(nodes):
    """Return the names of the called functions."""
    names = set()
    for root in nodes:
        for node in ast.walk(root):
            if isinstance(node, ast.Call):
                names.add(_called_name(node))
    return names


def _called_name(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def reaches_parser(main, files):
    """Return whether the file calls code of the files that reads the arguments, or reads them with a parser from one of these."""
    names, seen = set(main.names), set()
    if any((_called(f.top) | names) & _CALLS and f.libraries() for f in files):
        return True
    while names:
        name = names.pop()
        seen.add(name)
        for f in files:
            for node in f.functions.get(name, ()):
                if _called([node]) & _CALLS:
                    return True
                names |= {n.attr if isinstance(n, ast.Attribute) else n.id
                          for n in ast.walk(node) if isinstance(n, (ast.Attribute, ast.Name))} - seen
    return False


def parsing_names(files):
    """Return the names of calls that read the arguments, among them those of functions that do so."""
    names = set(_CALLS)
    while True:
        more = {name for f in files for name, nodes in f.functions.items()
                if name not in names and not name.startswith("__") and _called(nodes) & names}
        if not more:
            return names
        names |= more


def statements_after(body, line):
    """Return the statements that may run after the one at the line."""
    for i, stmt in enumerate(body):
        if not stmt.lineno <= line <= (getattr(stmt, "end_lineno", None) or stmt.lineno):
            continue
        blocks = [getattr(stmt, name, None) or [] for name in ("body", "orelse", "finalbody")]
        blocks += [h.body for h in getattr(stmt, "handlers", [])]
        inner = [block for block in blocks if block and block[0].lineno <= line <= block[-1].end_lineno]
        if inner and not isinstance(stmt, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            after = statements_after(inner[0], line)
            if isinstance(stmt, ast.Try) and inner[0] is stmt.body:
                after = after + stmt.orelse
            return after + body[i + 1:]
        if not blocks[0] and _count_parsing(stmt) > 1:
            return [stmt] + body[i + 1:]
        return body[i + 1:]
    return []


def _count_parsing(stmt):
    if any(isinstance(n, ast.IfExp) for n in ast.walk(stmt)):
        return 0
    return sum(isinstance(n, ast.Attribute) and n.attr in _PARSING for n in ast.walk(stmt))


# Options given by literals in the source, for scripts that cannot be run


def written_options(files):
    """Return the options of add_argument calls, and whether all options of the files are known."""
    flags, whole = [], True
    for f in files:
        looped = {id(n) for loop in ast.walk(f.tree) if isinstance(loop, (ast.For, ast.While)) for n in ast.walk(loop)}
        for node in ast.walk(f.tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_argument"):
                continue
            flag = _written_option(node) if id(node) not in looped else None
            if flag:
                flags.append(flag)
            elif flag is None:
                whole = False
    return flags, whole


def _literal(node):
    try:
        return True, ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False, None


def _written_option(call):
    """Return the arguments of an add_argument call; None if they are not known, an empty dict if they do not define an option."""
    names = [_literal(a) for a in call.args]
    if not all(known and isinstance(name, str) for known, name in names) or any(k.arg is None for k in call.keywords):
        return None
    names = [name for _, name in names if name.startswith("-")]
    if not names:
        return {}
    option = {"options": names}
    for k in call.keywords:
        known, value = _literal(k.value)
        if k.arg == "type":
            option["type"] = getattr(k.value, "id", "") if isinstance(k.value, ast.Name) else "?"
        elif known:
            option[k.arg] = value
        elif k.arg == "action":
            option["action"] = k.value.attr if isinstance(k.value, ast.Attribute) else getattr(k.value, "id", "?")
        elif k.arg in ("default", "choices", "nargs"):
            option.setdefault("unknown", []).append(k.arg)
    return option


# Config files that the script reads


def config_file(source, directory):
    """Return the path of the config file that Hydra or OmegaConf reads, relative to the directory; empty if there is none."""
    modules = {name.split(".")[0] for name, _, _ in source.imports}
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        func = node.func
        owner = getattr(getattr(func, "value", None), "id", "")
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        path = ""
        if "hydra" in modules and name == "main" and owner in ("hydra", ""):
            given = {k.arg: _literal(k.value)[1] for k in node.keywords}
            given.update(zip(("config_path", "config_name"), (_literal(a)[1] for a in node.args)))
            if isinstance(given.get("config_name"), str):
                path = os.path.join(given.get("config_path") or "", given["config_name"])
                path = path if path.endswith((".yaml", ".yml")) else path + ".yaml"
                path = os.path.join(os.path.dirname(source.path), path)
        elif "omegaconf" in modules and name == "load" and owner == "OmegaConf" and node.args:
            known, path = _literal(node.args[0])
            path = os.path.join(directory, path) if known and isinstance(path, str) else ""
        path = os.path.abspath(path) if path else ""
        if path.startswith(os.path.join(directory, "")) and os.path.isfile(path):
            return os.path.relpath(path, directory).replace(os.sep, "/")
    return ""


