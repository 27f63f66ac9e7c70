"""Helpers that run commands."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import threading
from typing import Mapping, NoReturn, Optional, Sequence, Tuple, Union

Patterns = Union[str, Sequence[str]]

#: Seconds after which a command is killed.
TIMEOUT = 3600.0

#: Seconds to wait for output of processes that have left the killed process group.
GRACE = 5.0


class RunError(Exception):
    """A command failed."""

    def __init__(self, cmd: str, cwd: Optional[str], returncode: int, output: str) -> None:
        super().__init__(cmd, cwd, returncode, output)
        self.returncode, self.output = returncode, output


class _Running:
    """The running command, which another thread can kill."""

    def __init__(self) -> None:
        self.lock = threading.Lock()  # held while a command starts
        self.process: Optional[subprocess.Popen] = None

    def kill(self) -> None:
        with self.lock:
            p = self.process
            # The leader is reaped only after its output has ended: until then its process id cannot name another group.
            if p is not None and p.returncode is None:
                try:
                    os.killpg(p.pid, signal.SIGKILL)
                except OSError:
                    pass  # the group is gone


_running = _Running()


def end_with_parent(fd: int) -> None:
    """Kill the running command and this process when the parent closes the other end of the pipe or ends."""

    def watch() -> NoReturn:
        poll = select.poll()
        poll.register(fd, 0)
        poll.poll()
        _running.kill()
        os.killpg(os.getpgrp(), signal.SIGKILL)  # also the processes that the document itself started
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def execute(cmd: str, timeout: Optional[float] = TIMEOUT, cwd: Optional[str] = None,
            env: Optional[Mapping[str, str]] = None) -> Tuple[str, int]:
    """Run a shell command in its own session. Return its output, standard error included, and its exit code, -N if signal N
    ended it.

    This returns when all processes that have the output open are gone. After the timeout the process group is killed. The input
    never delivers anything and stays open, so that a question waits for the timeout.
    """
    with _running.lock:
        p = subprocess.Popen(["/bin/sh", "-c", cmd], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=cwd, env=env,
                             start_new_session=True)
        _running.process = p
    assert p.stdout is not None
    with p.stdout:
        try:
            out, _ = p.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            _running.kill()
            try:
                out, _ = p.communicate(timeout=GRACE)
            except subprocess.TimeoutExpired as e:
                out = e.output or b""
                p.wait()
    return out.decode("utf-8", "replace"), p.returncode


def _strict(cmd: str) -> str:
    """Return a command that stops at the first failure and treats unset variables as errors."""
    return "set -eu && " + cmd


def _shell(cmd: str, ignore: Optional[Patterns], timeout: Optional[float], cut: Optional[Sequence[int]], cwd: Optional[str],
           env: Optional[Mapping[str, str]]) -> Tuple[str, int]:
    """Run a shell command and return its output, ready to print, and its exit code."""
    if cut is not None and not cut:
        raise ValueError("cut needs a list of column numbers")
    variables = {**os.environ, **{k: str(v) for k, v in (env or {}).items()}, "SYNC_RUN_OUTPUT": "1"}
    text, code = execute(_strict(cmd), timeout, cwd, variables)
    text = text.strip()
    if ignore is not None:
        text = drop_lines(text, ignore)
    if cut is not None:
        text = "\n".join(_cut_columns(line, cut) for line in text.split("\n"))
    return text, code


def run(cmd: str, quiet: bool = False, ignore: Optional[Patterns] = None, timeout: Optional[float] = TIMEOUT,
        cut: Optional[Sequence[int]] = None, cwd: Optional[str] = None, env: Optional[Mapping[str, str]] = None) -> None:
    """Run a shell command and print its output and exit code; a quiet one prints only if it fails."""
    text, code = _shell(cmd, ignore, timeout, cut, cwd, env)
    if quiet and code == 0:
        return
    if text:
        print(text)
    print("<exit %d>" % code)


def quiet(cmd: str, **kw) -> None:
    run(cmd, quiet=True, **kw)


def run_capture(cmd: str, quiet: bool = False, ignore: Optional[Patterns] = None, timeout: Optional[float] = TIMEOUT,
                cut: Optional[Sequence[int]] = None, cwd: Optional[str] = None,
                env: Optional[Mapping[str, str]] = None) -> Optional[str]:
    """Run a shell command and return its output. A failure is a RunError."""
    text, code = _shell(cmd, ignore, timeout, cut, cwd, env)
    if code != 0:
        raise RunError(_strict(cmd), cwd, code, text)
    return None if quiet else text


def drop_lines(text: str, patterns: Patterns) -> str:
    """Remove the lines that match a pattern."""
    found = [re.compile(p).search for p in ([patterns] if isinstance(patterns, str) else patterns)]
    return "\n".join(line for line in text.split("\n") if not any(f(line) for f in found))


def _cut_columns(line: str, cut: Sequence[int]) -> str:
    words = line.split()
    return " ".join(words[n] for n in cut if 0 <= n < len(words))


def bash(command: str) -> None:
    """Run an example of a bash document. cd, export and unset apply to the document; each other command runs in its own shell."""
    word, _, rest = command.partition(" ")
    rest = re.sub(r"#\s*doctest:[^\n'\"]*$", "", rest).strip()
    if word == "cd":
        os.chdir(os.path.expandvars(rest))
    elif word == "unset":
        for name in rest.split():
            os.environ.pop(name, None)
    elif word == "export":
        m = re.match(r"(\w+)=", rest)
        if m is None:
            raise ValueError("export needs NAME=VALUE, not %r" % rest)
        # The shell evaluates the value, so that quotes and $NAME are expanded.
        name = m.group(1)
        value, code = execute(_strict('export %s && printf %%s "$%s"' % (rest, name)))
        if code != 0:
            raise RunError(command, None, code, value)
        os.environ[name] = value
    else:
        run(command)
