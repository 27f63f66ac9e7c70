"""Flag values as they are written on the command line of guild."""

from __future__ import annotations

import re
from typing import List, Mapping

#: Text that YAML reads as text without quotes. Words that mean something else are left out below.
_PLAIN = re.compile(r"[A-Za-z_./\\][\w./\\+@%^~()=;$-]*(?: [\w./\\+@%^~()=;$-]+)*", re.ASCII)
_WORDS = re.compile(r"(?i)(?:y|n|yes|no|true|false|on|off|null|\.inf|\.nan)\Z")
_FLOAT = re.compile(r"\.[0-9_]+(?:e[-+]?[0-9]+)?\Z", re.IGNORECASE)

#: Ranges such as [1:10]: documents mean the range, and not the text that looks like one.
_RANGE = re.compile(r"\[[^ ,'\"{}]*:[^ ,'\"{}]*\]")


def flag_assigns(flags: Mapping[str, object]) -> List[str]:
    """Write flags as NAME=VALUE, sorted by name."""
    if not isinstance(flags, Mapping):
        raise TypeError("flags must be a dict, not %s" % type(flags).__name__)
    return ["%s=%s" % (name, _argument(value)) for name, value in sorted(flags.items())]


def _argument(value: object) -> str:
    if not isinstance(value, str):
        return flag_text(value)
    if _RANGE.fullmatch(value):
        return value
    text = flag_text(value)
    return repr(text) if " " in text and text[0] not in "'\"" else text


def flag_text(value: object) -> str:
    """Write a value as YAML on one line, with yes and no for booleans."""
    if value is None or value is True or value is False:
        return {None: "null", True: "yes", False: "no"}[value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{%s}" % ", ".join(sorted("%s: %s" % (flag_text(k), flag_text(v)) for k, v in value.items()))
    if isinstance(value, (list, tuple)):
        return "[%s]" % ", ".join(_item(v) for v in value)
    raise TypeError("a flag cannot be a %s" % type(value).__name__)


def _item(value: object) -> str:
    text = flag_text(value)
    return repr(value) if isinstance(value, str) and "," in value else text


def _text(value: str) -> str:
    if _PLAIN.fullmatch(value) and not _WORDS.match(value) and not _FLOAT.match(value):
        return value
    if value.isprintable():
        return "'%s'" % value.replace("'", "''")
    escaped = value.encode("unicode_escape").decode("ascii")
    return '"%s"' % escaped.replace('"', '\\"')


def _float(value: float) -> str:
    text = repr(value)
    if text in ("inf", "-inf", "nan"):
        return text.replace("inf", ".inf").replace("nan", ".nan")
    # YAML 1.1 takes an exponent for a number's only behind a point.
    return text.replace("e", ".0e") if "e" in text and "." not in text else text
