"""Running operations, and functions of this process."""
from __future__ import annotations

import contextlib
import inspect
import io
import json
import os
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import traceback
import uuid
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple, Union

from . import _cli, _space
from ._runs import Run, Runs, run_of, runs

#: Options of run() and the corresponding command-line options.
OPTIONS = {
    "_label": "--label",
    "_optimizer": "--optimizer",
    "_max_trials": "--max-trials",
    "_random_seed": "--random-seed",
    "_minimize": "--minimize",
    "_maximize": "--maximize",
    "_gpus": "--gpus",
    "_workers": "--workers",
    "_time_limit": "--time-limit",
}
REPEATED = {"_tags": "--tag", "_tag": "--tag", "_opt_flags": "--opt-flag"}
SWITCHES = {"_stage": "--stage", "_keep_run": "--keep-run", "_needed": "--needed"}


def run(op: Union[str, Callable[..., Any]], *args: Any, **flags: Any) -> Tuple[Any, Any]:
    """Run an operation or a function, and return the run and the result of the function, None for an operation.

    If a flag's value is a list, a slice or a range such as uniform(0, 1), this runs a batch and returns a list of runs and a list of
    results. Arguments that begin with an underscore are options of `guild run`: _label, _tags, _optimizer, _max_trials,
    _random_seed, _minimize, _maximize, _gpus, _stage. A function runs in this process. If a run fails, its error is raised.
    """
    options = _options({name: flags.pop(name) for name in list(flags) if name.startswith("_")})
    if isinstance(op, str):
        return _run_operation(op, flags, options)
    return _run_function(op, args, flags, options)


def _options(given: Dict[str, Any]) -> List[str]:
    words: List[str] = []
    for name, value in given.items():
        if name in OPTIONS:
            words += [] if value is None else [OPTIONS[name], str(value)]
        elif name in REPEATED:
            items = value.items() if isinstance(value, dict) else value
            for item in [items] if isinstance(items, str) else items or []:
                words += [REPEATED[name], "%s=%s" % item if isinstance(item, tuple) else str(item)]
        elif name in SWITCHES:
            words += [SWITCHES[name]] if value else []
        else:
            raise TypeError("run() has no option '%s': name one of %s" % (name, ", ".join(sorted({**OPTIONS, **REPEATED, **SWITCHES}))))
    return words


def _is_batch(flags: Dict[str, Any], options: List[str]) -> bool:
    return "--optimizer" in options or any(_space.is_batch(value) for value in flags.values())


def _assignments(flags: Dict[str, Any]) -> List[str]:
    return ["%s=%s" % (name, _space.text_of(value)) for name, value in flags.items()]


def _run_operation(op: str, flags: Dict[str, Any], options: List[str]) -> Tuple[Any, Any]:
    for name, value in flags.items():
        if not _space.is_plain(value):
            raise TypeError("the flag %s of an operation must be a number, a text, a bool or a list of these, not %r" % (name, value))
    id = uuid.uuid4().hex
    words = ["run", op, "-y", "--run-id", id] + options + _assignments(flags)
    with subprocess.Popen(_cli.command(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        said: List[str] = []  # the messages of guild itself, from its error message on
        for line in process.stdout:  # written to sys.stdout, which notebooks display
            text = line.decode("utf-8", "replace")
            if text.startswith("guild: ") or said:
                said.append(text)
            else:
                sys.stdout.write(text)
        code = process.wait()
    if code:
        raise _cli.GuildError(_cli.message("".join(said), code) if said else "%s failed with exit status %d" % (op, code))
    sys.stdout.write("".join(said))
    if not _is_batch(flags, options):
        return run_of(id), None
    trials = trials_of(id)
    return trials, [None] * len(trials)


def trials_of(batch: str) -> Runs:
    """Return the trials of a batch, the oldest first."""
    return Runs(reversed(runs("attr:batch = '%s'" % batch)))


class _Stopped(Exception):
    """A trial of a function failed; its batch has recorded the failure."""


def _run_function(function: Callable[..., Any], args: Tuple[Any, ...], flags: Dict[str, Any], options: List[str]) -> Tuple[Any, Any]:
    if "--stage" in options:
        raise TypeError("a function cannot be staged: it runs in this process")
    signature = inspect.signature(function)
    bound = signature.bind(*args, **flags)
    bound.apply_defaults()
    given: Dict[str, Any] = {}
    for name, value in bound.arguments.items():
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_KEYWORD:
            given.update(value)
        elif kind is not inspect.Parameter.VAR_POSITIONAL:
            given[name] = value
    recorded = {name: value for name, value in given.items() if _space.is_plain(value)}
    hidden = {name: value for name, value in given.items() if name not in recorded}
    name = getattr(function, "__name__", type(function).__name__)
    server = _Server(function, hidden)
    with server.listening() as (address, project):
        _write_project(project, name, recorded)
        words = ["-C", project, "run", name + "()", "-y"] + options + _assignments(recorded)
        server.serve(_cli.command(*words), address)
    if not _is_batch(recorded, options):
        return server.done[0]
    return Runs(run for run, _ in server.done), [result for _, result in server.done]


def _write_project(project: str, name: str, flags: Dict[str, Any]) -> None:
    """Write a Guild file, as JSON, with an operation that represents the function."""
    peer = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_peer.py")
    op = {
        "exec": "%s %s" % (_quoted(sys.executable), _quoted(peer)),
        "flags-dest": "none",
        "sourcecode": False,
        "flags": {flag: None for flag in flags},
    }
    with open(os.path.join(project, "guild.yml"), "w", encoding="utf-8") as f:
        json.dump({name + "()": op}, f)


def _quoted(word: str) -> str:
    import shlex

    return shlex.quote(word)


class _Server:
    """Executes a function at the request of the processes of its runs: see _peer.py."""

    def __init__(self, function: Callable[..., Any], hidden: Dict[str, Any]) -> None:
        self.function, self.hidden = function, hidden
        self.done: List[Tuple[Run, Any]] = []
        self.error: Optional[BaseException] = None

    @contextlib.contextmanager
    def listening(self) -> Iterator[Tuple[str, str]]:
        project = tempfile.mkdtemp(prefix="guild-")
        self.socket = socket.socket(socket.AF_UNIX)
        try:
            address = os.path.join(project, "socket")
            self.socket.bind(address)
            self.socket.listen(8)
            yield address, project
        finally:
            self.socket.close()
            shutil.rmtree(project, ignore_errors=True)

    def serve(self, command: List[str], address: str) -> None:
        """Execute the function at each request of a run of the command, until the command ends."""
        env = dict(os.environ, GUILD_FUNCTION_SOCKET=address)
        env.pop("RUN_DIR", None)
        with tempfile.TemporaryFile() as log, subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT
        ) as process, selectors.DefaultSelector() as waiting:
            waiting.register(self.socket, selectors.EVENT_READ)
            try:
                while process.poll() is None:
                    if waiting.select(timeout=0.05):
                        peer, _ = self.socket.accept()
                        with peer:
                            self._run(peer)
            except BaseException:
                process.terminate()
                raise
            log.seek(0)
            said = log.read().decode("utf-8", "replace")
        if self.error is not None:
            raise self.error
        if process.returncode or not self.done:
            raise _cli.GuildError(_cli.message(said, process.returncode))

    def _run(self, peer: socket.socket) -> None:
        with peer.makefile("rw", encoding="utf-8", newline="\n") as stream:
            request = json.loads(stream.readline() or "{}")
            if "dir" not in request:
                return
            flags = {name: _cli.number(value) for name, value in request["flags"].items()}
            before = {name: os.environ.get(name) for name in ("RUN_DIR", "RUN_ID")}
            os.environ["RUN_DIR"], os.environ["RUN_ID"] = request["dir"], os.path.basename(request["dir"])
            code, result = 0, None
            try:
                with contextlib.redirect_stdout(_Tee(sys.stdout, stream)), contextlib.redirect_stderr(_Tee(sys.stderr, stream)):
                    try:
                        result = self.function(**{**flags, **self.hidden})
                    except BaseException as e:
                        code, self.error = 1, e
                        _send(stream, {"out": traceback.format_exc()})
            finally:
                for name, value in before.items():
                    if value is None:
                        os.environ.pop(name, None)
                    else:
                        os.environ[name] = value
            _send(stream, {"exit": code})
            stream.readline()  # the peer has ended
        self.done.append((Run({"id": os.path.basename(request["dir"]), "dir": request["dir"]}), result))


def _send(stream: Any, message: Dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # the run was stopped
        stream.write(json.dumps(message) + "\n")
        stream.flush()


class _Tee(io.TextIOBase):
    """Writes to a stream of this process and to the run."""

    def __init__(self, stream: Any, peer: Any) -> None:
        self.stream, self.peer = stream, peer

    def write(self, text: str) -> int:
        self.stream.write(text)
        _send(self.peer, {"out": text})
        return len(text)

    def flush(self) -> None:
        self.stream.flush()

    def isatty(self) -> bool:
        return False
