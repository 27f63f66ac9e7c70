"""Code cells of Jupyter notebooks, read as Python."""
import ast
import json
import re

_PYTHON_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")
_MAGIC = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.,\[\] \t]+=[ \t]*[%!].*|[\w.%!]+\?{1,2}[ \t]*)$")


def load_notebook(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def code_cells(notebook):
    return [c for c in notebook.get("cells", []) if c.get("cell_type") == "code"]


def cell_source(cell):
    """Return the source of a cell, stored as a text or as a list of lines."""
    return "".join(cell.get("source", ""))


def parse_cell(source):
    """Return the syntax tree of a cell, None if the cell is not valid Python.

    Lines in IPython's own syntax become statements without effect.
    All others keep their lines and columns.
    """
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        pass
    first = source.split(None, 1)[0]
    if first.startswith("%%") and first not in _PYTHON_MAGICS:
        return None
    try:
        return ast.parse("\n".join(_MAGIC.sub(r"\1pass", line) for line in source.split("\n")))
    except (SyntaxError, ValueError):
        return None


def constants(tree):
    """Return name, node, value and annotation of each literal that is assigned to a name at the top level.

    Of several names in one assignment, only the last one counts.
    """
    found = []
    for stmt in tree.body:
        if isinstance(stmt, ast.Assign):
            target, annotation = stmt.targets[-1], None
        elif isinstance(stmt, ast.AnnAssign) and stmt.value is not None:
            target, annotation = stmt.target, stmt.annotation
        else:
            continue
        if not isinstance(target, ast.Name):
            continue
        try:
            value = ast.literal_eval(stmt.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            continue
        found.append((target.id, stmt.value, value, getattr(annotation, "id", "")))
    return found


def spans(match):
    """Return the parts of a match that are values: its groups, or all of it."""
    groups = [match.span(i) for i in range(1, match.re.groups + 1)] or [match.span()]
    return [s for s in groups if s[0] >= 0]
