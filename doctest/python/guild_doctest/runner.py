"""Runs the examples of a document and describes those that fail."""

from __future__ import annotations

import doctest
import io
import os
import re
import traceback
import types
from typing import Any, Callable, Dict, List, Optional

from .examples import BASH, find_examples
from .matching import BashChecker, Checker
from .options import DEFAULTS, Host

Report = Callable[..., None]


class Runner(doctest.DocTestRunner):
    """Passes each failure to report, with the line, the source and a description."""

    def __init__(self, kind: str, optionflags: int, report: Report) -> None:
        checker = BashChecker() if kind == BASH else Checker()
        super().__init__(checker=checker, verbose=False, optionflags=optionflags | DEFAULTS)
        self.checker, self.report = checker, report
        self._fakeout = _Output()

    def run_document(self, test: doctest.DocTest) -> Dict[str, int]:
        """Run the examples that are not skipped and return the numbers of those that ran and that failed."""
        host, self.environ = Host(), dict(os.environ)
        for e in test.examples:
            e.options[doctest.SKIP] = host.skips(e.options)
        doctest.traceback = _traceback(test.examples)  # type: ignore[attr-defined]
        results = self.run(test, clear_globs=False)
        return {"attempted": results.attempted - getattr(results, "skipped", 0), "failed": results.failed}

    def report_start(self, out: Any, test: doctest.DocTest, example: doctest.Example) -> None:
        # Newer versions of doctest hide the variables for coloured messages from examples. Programs of the document must see them.
        for name, value in self.environ.items():
            os.environ.setdefault(name, value)
        self.environ = {}

    def report_success(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        pass

    def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        self._fail(example, self.checker.output_difference(example, got, self.optionflags))

    def report_unexpected_exception(self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: Any) -> None:
        text = _section("Printed", self._fakeout.printed)
        self._fail(example, text + _section("Error", "".join(doctest.traceback.format_short(*exc_info))))  # type: ignore[attr-defined]

    def _fail(self, example: doctest.Example, text: str) -> None:
        self.report(failure={"line": example.lineno + 1, "source": getattr(example, "shown", example.source), "text": text})


class _Output(io.StringIO):
    """What an example prints, in lines. The runner empties it after each; printed is what it held then."""

    printed = ""

    def getvalue(self) -> str:
        text = super().getvalue()
        return text + "\n" if text and not text.endswith("\n") else text

    def truncate(self, size: Optional[int] = None) -> int:
        self.printed = self.getvalue()
        self.seek(size or 0)
        return super().truncate()


def _section(title: str, text: str) -> str:
    return "%s:\n%s" % (title, "".join("    %s\n" % line for line in text.splitlines())) if text else ""


def _traceback(examples: List[doctest.Example]) -> types.SimpleNamespace:
    """The module traceback for use by doctest: classes of errors without their module, and only lines of the document."""

    def format_exception_only(kind: Any, value: Any) -> List[str]:
        lines = traceback.format_exception_only(kind, value)
        qualified = "%s.%s" % (kind.__module__, kind.__qualname__)
        return [kind.__qualname__ + line[len(qualified):] if re.match(re.escape(qualified) + r"[:\n]", line) else line for line in lines]

    def format_short(kind: Any, value: Any, tb: Any) -> List[str]:
        lines = []
        for frame in traceback.extract_tb(tb):
            m = re.match(r"<doctest .*\[(\d+)\]>\Z", frame.filename)
            if m:
                lines.append("line %d, in %s\n" % (examples[int(m.group(1))].lineno + (frame.lineno or 0), frame.name))
        return (lines if len(lines) > 1 else []) + format_exception_only(kind, value)

    def print_exception(kind: Any, value: Any, tb: Any, file: Any) -> None:
        file.write("Traceback (most recent call last):\n")
        file.writelines("  %s" % line if line.startswith("line ") else line for line in format_short(kind, value, tb))

    return types.SimpleNamespace(**dict(vars(traceback), format_exception_only=format_exception_only, format_short=format_short,
                                        print_exception=print_exception))


def document(text: str, kind: str, names: Dict[str, Any], path: str) -> doctest.DocTest:
    """A ValueError names the wrong line."""
    return doctest.DocTest(find_examples(text, kind), names, os.path.basename(path), path, 0, None)
