"""The comparison of an example's output with the expected output of the document."""

from __future__ import annotations

import doctest
import os
import re

from .options import NORMALIZE_PATHSEP, STRICT, STRIP_ANSI_FMT, STRIP_EXIT_0

EXIT_0 = "<exit 0>\n"

_FAILED = re.compile(r"^<exit (?!0>)-?\d+>\n\Z", re.MULTILINE)
_ANSI_SEQUENCE = re.compile(r"\x1b\[[;?0-9]*[a-zA-Z]")


class Checker(doctest.OutputChecker):
    """Compares as Python's doctest does, after the transformations that the options request."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        if optionflags & STRICT:
            return super().check_output(want, got, optionflags & ~doctest.ELLIPSIS)
        if optionflags & STRIP_ANSI_FMT:
            got = _ANSI_SEQUENCE.sub("", got)
        if optionflags & NORMALIZE_PATHSEP:
            want = want.replace("::", os.pathsep)
        want = leading_wildcard(want)
        if optionflags & STRIP_EXIT_0:
            want, got = without_exit_0(want), without_exit_0(got)
        return super().check_output(want, got, optionflags)


class BashChecker(doctest.OutputChecker):
    """Compares in bash documents: a last line <exit 0> need not be in the document, and one with another code must be, so that ... does
    not hide a failure."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        if _FAILED.search(got) and "<exit" not in want.rstrip().rpartition("\n")[2]:
            return False
        if ("\n" + got).endswith("\n" + EXIT_0) and not ("\n" + want).endswith("\n" + EXIT_0):
            got = got[: -len(EXIT_0)]
        return super().check_output(leading_wildcard(want), got, optionflags)


def leading_wildcard(want: str) -> str:
    """Replace ??? at the start by an ellipsis, which cannot be written there: doctest would read it as a continuation line."""
    return "..." + want[3:] if want.startswith("???") else want


def without_exit_0(text: str) -> str:
    """Remove a last line <exit 0>, unless it is the only one."""
    return text[: -len(EXIT_0)] if text.endswith("\n" + EXIT_0) else text
