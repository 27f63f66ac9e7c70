"""Helpers for files and directories. Helpers that documents call as statements return None, since any other value would be printed."""

from __future__ import annotations

import contextlib
import difflib
import filecmp
import fnmatch
import hashlib
import io
import json
import os
import re
import shlex
import shutil
import tempfile
from typing import Iterator, List, Optional, Tuple, Union

from .shell import Patterns


def write(filename: str, contents: Union[str, bytes], append: bool = False) -> None:
    with open(filename, "ab" if append else "wb") as f:
        f.write(contents.encode("utf-8") if isinstance(contents, str) else contents)


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def cat(*parts: str) -> None:
    print(_read(os.path.join(*parts)) or "<empty>")


def cat_json(*parts: str) -> None:
    print(json.dumps(json.loads(_read(os.path.join(*parts))), sort_keys=True, indent=4, separators=(",", ": ")), end="")


def touch(path: str) -> None:
    with open(path, "ab"):
        os.utime(path)


def ensure_dir(path: str) -> None:
    os.makedirs(path, exist_ok=True)


def rm(path: str, force: bool = False) -> None:
    if not force or os.path.exists(path):
        os.remove(path)


def rmdir(path: str, force: bool = False) -> None:
    if not force or os.path.lexists(path):
        os.remove(path) if os.path.islink(path) or os.path.isfile(path) else shutil.rmtree(path)


def copyfile(src: str, dst: str) -> None:
    shutil.copy2(src, dst)


def copytree(src: str, dest: str) -> None:
    """Copy a directory, into an existing one too. Links stay links."""
    os.makedirs(dest, exist_ok=True)
    with os.scandir(src) as entries:
        for e in entries:
            target = os.path.join(dest, e.name)
            if e.is_symlink():
                if os.path.islink(target):
                    os.remove(target)
                os.symlink(os.readlink(e.path), target)
            elif e.is_dir():
                copytree(e.path, target)
            else:
                shutil.copy2(e.path, target)


def make_executable(path: str) -> None:
    os.chmod(path, os.stat(path).st_mode & 0o7777 | 0o111)


def sha256(path: str) -> str:
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def _walk(root: str, followlinks: bool, includedirs: bool, above: Tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the paths below root. A link is not followed into a directory that is being walked."""
    real = os.path.realpath(root)
    try:
        names = [] if real in above else os.listdir(root)
    except OSError:
        return  # an unreadable directory has no paths
    for name in names:
        path = os.path.join(root, name)
        is_dir, is_link = os.path.isdir(path), os.path.islink(path)
        if includedirs or is_link or not is_dir:
            yield name
        if is_dir and (followlinks or not is_link):
            for below in _walk(path, followlinks, includedirs, above + (real,)):
                yield name + "/" + below


def findl(root: str, followlinks: bool = False, includedirs: bool = False, unsorted: bool = False) -> List[str]:
    paths = list(_walk(root, followlinks, includedirs))
    return paths if unsorted else sorted(paths)


def find(root: str, followlinks: bool = False, includedirs: bool = False, ignore: Optional[Patterns] = None) -> None:
    paths = [p for p in _walk(root, followlinks, includedirs) if not _matches_any(p, ignore)]
    print("\n".join(sorted(paths, key=natural_key)) or "<empty>")


def natural_key(text: str) -> List[Tuple[str, int]]:
    """A sort key in which runs of digits are numbers."""
    parts = re.split(r"([0-9]+)", text)
    return list(zip(parts[::2], [int(n) for n in parts[1::2]] + [-1]))


def listdir(path: str = ".", ignore: Optional[Patterns] = None) -> List[str]:
    return sorted(name for name in os.listdir(path) if not _matches_any(name, ignore))


def _matches_any(name: str, patterns: Optional[Patterns]) -> bool:
    return any(fnmatch.fnmatchcase(name, p) for p in ([patterns] if isinstance(patterns, str) else patterns or ()))


def realpath(path: str) -> str:
    """Return the absolute path of a link's target, without following it further; other paths are fully resolved."""
    if os.path.islink(path):
        return os.path.abspath(os.path.join(os.path.dirname(path), os.readlink(path)))
    return os.path.realpath(path)


def compare_paths(path1: str, path2: str) -> bool:
    return os.path.realpath(path1) == os.path.realpath(path2)


def diff(path1: str, path2: str) -> None:
    a, b = ([line.rstrip() for line in _read(p).splitlines()] for p in (path1, path2))
    for line in difflib.unified_diff(a, b, path1, path2, lineterm=""):
        print(line)


def compare_dirs(d1: Tuple[str, str], d2: Tuple[str, str]) -> None:
    """Print what two directories have in common, level by level. Each is given with a label, which the report names."""
    for d in (d1, d2):
        if not isinstance(d, tuple) or len(d) != 2:
            raise ValueError("a directory must be given as a tuple of (dir, label)")
    with tempfile.TemporaryDirectory() as labels:
        for path, label in (d1, d2):
            os.symlink(os.path.abspath(path), os.path.join(labels, label))
        report = io.StringIO()
        with contextlib.redirect_stdout(report):
            filecmp.dircmp(os.path.join(labels, d1[1]), os.path.join(labels, d2[1])).report_full_closure()
        print(report.getvalue().replace(labels, ""), end="")


def shlex_quote(text: str) -> str:
    """Quote a word for a shell. A word that is in single quotes itself is put in double quotes."""
    if len(text) >= 2 and text[0] == text[-1] == "'" and "'" not in text[1:-1]:
        return '"' + text + '"'
    return shlex.quote(text)


def normlf(text: str) -> str:
    return text.replace("\r", "")
