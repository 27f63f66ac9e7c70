"""Helpers for directories, the environment and Guild homes."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from typing import Dict, List, Mapping, Optional

from .files import write
from .shell import Patterns, drop_lines


class Places:
    """The directories that a document can name."""

    def __init__(self, document: str, samples: str, temp: str) -> None:
        self.document = document
        self.samples = samples or os.path.join(document, "samples")
        self.temp = temp  # contains all temporary directories, so that one removal deletes them all

    def mkdtemp(self, prefix: str = "guild-test-") -> str:
        return tempfile.mkdtemp(prefix=prefix, dir=self.temp)

    def mktemp_guild_dir(self) -> str:
        home = self.mkdtemp()
        for name in ("runs", "trash", "cache/runs"):
            os.makedirs(os.path.join(home, name))
        write(os.path.join(home, ".guild-nocopy"), "")
        return home

    def tests_dir(self) -> str:
        return self.document

    def samples_dir(self) -> str:
        return self.samples

    def sample(self, *parts: str) -> str:
        return os.path.join(self.samples, *parts)

    def use_project(self, project_name: str, guild_home: Optional[str] = None) -> None:
        """Change to a sample project, or to any directory, with a Guild home of its own."""
        cd(self.sample("projects", project_name))
        set_guild_home(guild_home or self.mkdtemp())


def cd(path: str) -> None:
    os.chdir(os.path.expandvars(path))


def examples_dir() -> str:
    path = os.environ.get("EXAMPLES")
    if not path:
        raise RuntimeError("no examples directory: use the option --examples or set EXAMPLES")
    return path


def example(name: str) -> str:
    return os.path.join(examples_dir(), name)


def set_guild_home(path: Optional[str]) -> None:
    _set_variables({"GUILD_HOME": path})


def guild_home() -> str:
    return os.environ.get("GUILD_HOME") or os.path.expanduser("~/.guild")


def _set_variables(values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = str(value)


class Env:
    """Sets variables within a block, or replaces all of them. It is reentrant."""

    def __init__(self, vals: Mapping[str, object], replace: bool = False) -> None:
        self.vals, self.replace = vals, replace
        self.saved: List[Dict[str, str]] = []

    def __enter__(self) -> None:
        self.saved.append(dict(os.environ))
        if self.replace:
            os.environ.clear()
        _set_variables(self.vals)

    def __exit__(self, *exc: object) -> None:
        os.environ.clear()
        os.environ.update(self.saved.pop())


class SetGuildHome(Env):
    def __init__(self, path: str) -> None:
        super().__init__({"GUILD_HOME": path})


class Chdir:
    """Changes the directory within a block. It is reentrant."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.saved: List[str] = []

    def __enter__(self) -> None:
        here = os.getcwd()
        cd(self.path)
        self.saved.append(here)

    def __exit__(self, *exc: object) -> None:
        os.chdir(self.saved.pop())


class Ignore:
    """Drops lines printed within a block that match a pattern. It is reentrant."""

    def __init__(self, patterns: Patterns) -> None:
        self.patterns = patterns
        self.open: List[contextlib.ExitStack] = []

    def __enter__(self) -> None:
        stack, printed = contextlib.ExitStack(), io.StringIO()
        stack.callback(lambda: print(drop_lines(printed.getvalue(), self.patterns), end=""))
        stack.enter_context(contextlib.redirect_stdout(printed))
        self.open.append(stack)

    def __exit__(self, *exc: object) -> None:
        self.open.pop().close()
