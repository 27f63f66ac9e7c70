"""Run a Jupyter notebook with other values in its cells.

Usage: guild_notebook.py VALUES PATTERNS NOTEBOOK [--no-exec] [--html-no-input]

VALUES is JSON that maps names to values. Literals that cells assign to such
names get the values in their place, and so does the first match in a cell of
each regular expression that PATTERNS, JSON too, has for the name. The notebook
is run in the current directory, where it is copied to, and what it prints is
printed. An HTML page of it and its images are saved beside it.
"""
import base64
import json
import os
import re
import shutil
import subprocess
import sys

_OPTIONS = ("--no-exec", "--html-no-input")


def _log(text):
    print("INFO: [guild] " + text, file=sys.stderr, flush=True)


def _literal(value):
    if isinstance(value, list):
        return "[%s]" % ", ".join(map(_literal, value))
    if isinstance(value, dict) and list(value) == ["!!set"]:  # represents a set
        return repr(set(value["!!set"]))
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%r: %s" % (k, _literal(v)) for k, v in value.items())
    if isinstance(value, float) and value - value != 0:  # there are no literals for these
        return 'float("%s")' % value
    return repr(value)


def _replace_parts(text, parts, new):
    """Return text, or bytes, with other text in place of parts: pairs of start and end."""
    end = len(text)
    for part in sorted(parts, reverse=True):
        if part[1] <= end:
            text, end = text[:part[0]] + new[part] + text[part[1]:], part[0]
    return text


def _replace_patterns(source, values, patterns):
    for name in sorted(patterns):
        for pattern in patterns[name] if name in values else []:
            match = re.search(pattern, source, re.MULTILINE)
            if match:
                parts = spans(match)
                source = _replace_parts(source, parts, dict.fromkeys(parts, _literal(values[name])))
    return source


def _replace_assigned(source, values):
    tree = parse_cell(source)
    if tree is None:
        return source
    data = source.encode("utf-8")
    starts = [0]
    for line in data.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    new = {}
    for name, node, _, _ in constants(tree):
        if name in values:
            part = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
            new[part] = _literal(values[name]).encode("utf-8")
    return _replace_parts(data, new, new).decode("utf-8")


def _set_values(notebook, values, patterns):
    named = {name.replace("-", "_"): value for name, value in values.items()}
    for cell in code_cells(notebook):
        source = cell_source(cell)
        changed = _replace_assigned(_replace_patterns(source, values, patterns), named)
        if changed != source:
            cell["source"] = changed.splitlines(True)


def _save(notebook, path):
    with open(path + ".new", "w", encoding="utf-8") as f:
        json.dump(notebook, f, indent=1, ensure_ascii=False)
        f.write("\n")
    os.replace(path + ".new", path)


def _convert(*args):
    command = ["jupyter", "nbconvert", "-y", "--log-level", "WARN"] + list(args)
    if shutil.which("jupyter") is None:
        sys.exit("there is no program jupyter to run notebooks; 'pip install nbconvert ipykernel' installs it")
    status = subprocess.call(command, env=dict(os.environ, PYDEVD_DISABLE_FILE_VALIDATION="1"))
    if status != 0:
        sys.exit(status if status > 0 else 1)


def _outputs(notebook):
    for cell in code_cells(notebook):
        for output in cell.get("outputs", []):
            yield cell.get("execution_count", "?"), output


def _print_outputs(notebook):
    for count, output in _outputs(notebook):
        kind = output.get("output_type")
        if kind == "stream":
            stream = sys.stderr if output.get("name") == "stderr" else sys.stdout
            stream.write("".join(output.get("text", "")))
            stream.flush()
        elif kind == "execute_result":
            print("Out[%s]: %s" % (count, "".join(output.get("data", {}).get("text/plain", ""))), flush=True)


def _save_images(notebook, base):
    at = {}
    for count, output in _outputs(notebook):
        image = output.get("data", {}).get("image/png") if output.get("output_type") == "display_data" else None
        if not image:
            continue
        if not at:
            _log("Saving images")
        pos = at[count] = at.get(count, -1) + 1
        with open("%s_%s_%i.png" % (base, count, pos), "wb") as f:
            f.write(base64.b64decode("".join(image)))


def _main():
    args = [a for a in sys.argv[1:] if a not in _OPTIONS]
    if len(args) != 3:
        sys.exit(__doc__)
    values, patterns, path = json.loads(args[0]), json.loads(args[1]), args[2]
    target = os.path.basename(path)
    if not os.path.exists(path):
        sys.exit("cannot find notebook '%s': it is not among the source code that was copied;"
                 " 'guild run --test-sourcecode' shows what is" % path)
    _log("Initializing %s for run" % target)
    notebook = load_notebook(path)
    _set_values(notebook, values, patterns)
    _save(notebook, target)
    if "--no-exec" in sys.argv or os.environ.get("NB_NO_EXEC") == "1":
        _log("The notebook is not executed, as --no-exec or NB_NO_EXEC asks for")
        return
    _log("Executing " + target)
    _convert("--to", "notebook", "--execute", "--inplace", target)
    notebook = load_notebook(target)
    _print_outputs(notebook)
    if os.environ.get("NB_NO_IMAGES") != "1":
        _save_images(notebook, os.path.splitext(target)[0])
    _log("Saving HTML")
    _convert("--to", "html", *(["--no-input"] if "--html-no-input" in sys.argv else []), target)


_main()
