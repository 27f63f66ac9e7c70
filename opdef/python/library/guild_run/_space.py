"""Values of flags in the syntax of the command line."""
from __future__ import annotations

import json
from typing import Any


class Space:
    """A range of values from which an optimizer chooses."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def uniform(low: float, high: float, initial: Any = None) -> Space:
    """Return a range from low to high with uniformly distributed values."""
    return _space("uniform", low, high, initial)


def loguniform(low: float, high: float, initial: Any = None) -> Space:
    """Return a range from low to high with uniformly distributed logarithms."""
    return _space("loguniform", low, high, initial)


def _space(name: str, low: Any, high: Any, initial: Any) -> Space:
    return Space("%s[%s]" % (name, ":".join(json.dumps(v) for v in (low, high, initial) if v is not None)))


def is_plain(value: Any) -> bool:
    """Return whether a value can be a flag's value."""
    if isinstance(value, (list, tuple)):
        return all(is_plain(item) for item in value)
    return value is None or isinstance(value, (bool, int, float, str, slice, Space))


def text_of(value: Any) -> str:
    """Return a value in the syntax of the command line."""
    if isinstance(value, Space):
        return value.text
    if isinstance(value, slice):
        parts = [v for v in (value.start, value.stop, value.step) if v is not None]
        return "[%s]" % ":".join(json.dumps(v) for v in parts)
    if isinstance(value, (list, tuple)):
        return "[%s]" % ",".join(text_of(item) for item in value)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}[str(value)]
    if isinstance(value, float):
        return repr(value) if "e" not in repr(value) or "." in repr(value) else repr(value).replace("e", ".0e", 1)
    return json.dumps(value)


def is_batch(value: Any) -> bool:
    """Return whether a value stands for several values."""
    return isinstance(value, (list, tuple, slice, Space))
