"""What an operation says of its own run."""
from __future__ import annotations

import json
import os
import socket
import sys
import time
from typing import Any, Dict, IO, Mapping, Optional, Tuple

from . import _cli

# By the directory of the run and what is logged. A process that was forked writes to files of its own.
_files: Dict[Tuple[int, str, str], IO[bytes]] = {}
_next_step: Dict[str, int] = {}
_warned = set()


def run_dir() -> Optional[str]:
    """Return the directory of the run under way, None where there is none."""
    path = os.environ.get("RUN_DIR")
    return path if path and os.path.isdir(os.path.join(path, ".guild")) else None


def log(values: Optional[Mapping[str, Any]] = None, step: Optional[int] = None, **more: Any) -> None:
    """Log scalars of the run under way: log(loss=0.1, step=3) or log({"val/loss": 0.1}, step=3).

    Without a step, it is one more than that of the call before, from 0 on. Where no run is under way, the values are printed.
    What is no number is left out with a warning, and so is everything where it cannot be written: logging ends no run.
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
    """Log scalars of a step at a time, in seconds. See log."""
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
    """Set attributes of the run under way: attr(data="v2"). Where no run is under way, they are printed."""
    attrs = {str(name): value for name, value in {**(values or {}), **more}.items()}
    path = run_dir()
    if path is None:
        for name, value in attrs.items():
            print("%s: %s" % (name, value))
        return
    _append(path, ".attrs", attrs)


def flags() -> Dict[str, Any]:
    """Return the flags of the run under way, an empty dict where there is none."""
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
