"""Finds the examples of a document."""

from __future__ import annotations

import doctest
import re
from typing import List

from .options import KEEP_LF

PYTHON, BASH = "python", "bash"  # values of doctest-type


class Example(doctest.Example):
    """An example whose shown form differs from the one that is run."""

    shown: str


def find_examples(text: str, kind: str) -> List[doctest.Example]:
    """Return the examples in the order of the document. A ValueError names the wrong line."""
    try:
        return _bash_examples(text) if kind == BASH else doctest.DocTestParser().get_examples(text, "document")
    except ValueError as e:
        m = re.match(r"line (\d+) of the doc(?:string|test) for document (.*)", str(e), re.DOTALL)
        if m is None:
            raise
        line, what = int(m.group(1)), m.group(2)
        if "no example" in what:
            line += 1  # doctest counts from zero only here
        raise ValueError("line %d: %s" % (line, what)) from None


def _bash_examples(text: str) -> List[doctest.Example]:
    """Convert the prompts of bash to those of Python, and the commands to calls of the helper _bash."""
    text = text.expandtabs()
    lines = text.split("\n")
    common = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    prompts, in_source = set(), False
    for i, line in enumerate(lines):
        line = line[common:]
        m = re.match(r"    (\$(?= |$)|>)", line)
        if m and (m.group(1) == "$" or in_source):
            lines[i] = "    " + (">>>" if m.group(1) == "$" else "...") + line[5:]
            prompts.add(i)
            in_source = True
        else:
            lines[i] = line
            in_source = False
    found = []
    for e in doctest.DocTestParser().get_examples("\n".join(lines), "document"):
        if e.lineno not in prompts:
            continue
        command = e.source.rstrip("\n")
        if not e.options.get(KEEP_LF):
            command = command.replace("\n", " ")
        example = Example("_bash(%r)\n" % command, e.want, lineno=e.lineno, options=e.options)
        example.shown = e.source
        found.append(example)
    return found
