"""Logging by an operation to its own run."""
from __future__ import annotations

import json
import os
import socket
import sys
import time
from typing import Any, Dict, IO, Mapping, Optional, Tuple

from . import _cli

# Keys are process id, run directory and kind of log: a forked process must write to its own files.
_files: Dict[Tuple[int, str, str], IO[bytes]] = {}
_next_step: Dict[str, int] = {}
_warned = set()


def run_dir() -> Optional[str]:
    """Return the directory of the current run, None if there is none."""
    path = os.environ.get("RUN_DIR")
    return path if path and os.path.isdir(os.path.join(path, ".guild")) else None


def log(values: Optional[Mapping[str, Any]] = None, step: Optional[int] = None, **more: Any) -> None:
    """Log scalars of the current run: log(loss=0.1, step=3) or log({"val/loss": 0.1}, step=3).

    The default of step is the previous call's step plus one, or 0 at the first call. Without a current run, the values are printed.
    A value that is not a number, or that cannot be written, is dropped with a warning: logging never ends a run.
    """
    path = run_dir()
    key = path or ""
    try:
        at = _next_step.get(key, 0) if step is None else int(step)
    except (TypeError, ValueError):
        warn("log: the step %r is no number" % (step,))
        at = _next_step.get(key, 0)
    _next_step[key] = at + 1
    log_at({**(values or {}), **more}, at, time.time())


def log_at(values: Mapping[str, Any], step: int, wall_time: float) -> None:
    """Log scalars of a step; wall_time is in seconds since 1970. See log."""
    path = run_dir()
    scalars: Dict[str, float] = {}
    for name, value in values.items():
        try:
            scalars[str(name)] = float(value)
        except (TypeError, ValueError, OverflowError, RuntimeError):
            warn("log: %s is no number: %s" % (name, repr(value)[:80]))
    if not scalars:
        return
    if path is None:
        for name, number in scalars.items():
            print("%s: %s (step %d)" % (name, number, step))
        return
    _append(path, "", {"step": step, "wall_time": wall_time, **scalars})


def attr(values: Optional[Mapping[str, Any]] = None, **more: Any) -> None:
    """Set attributes of the current run: attr(data="v2"). Without a current run, they are printed."""
    attrs = {str(name): value for name, value in {**(values or {}), **more}.items()}
    path = run_dir()
    if path is None:
        for name, value in attrs.items():
            print("%s: %s" % (name, value))
        return
    _append(path, ".attrs", attrs)


def flags() -> Dict[str, Any]:
    """Return the flags of the current run, an empty dict if there is none."""
    path = run_dir()
    if path is None:
        return {}
    return dict(_cli.read("sys", "attrs", path).get("flags") or {})


def _append(path: str, kind: str, line: Mapping[str, Any]) -> None:
    try:
        key = (os.getpid(), path, kind)
        f = _files.get(key)
        if f is None:
            name = "logged.%s-%d%s.jsonl" % (socket.gethostname().replace("/", "-"), os.getpid(), kind)
            f = _files[key] = open(os.path.join(path, ".guild", name), "ab", buffering=0)
        f.write(json.dumps(line, default=str).encode("utf-8") + b"\n")
    except (OSError, ValueError) as e:
        warn("log: cannot be written: %s" % e)


def warn(text: str) -> None:
    if text not in _warned and len(_warned) < 100:
        _warned.add(text)
        sys.stderr.write("WARNING: guild: %s\n" % text)
