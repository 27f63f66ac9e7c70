"""Projects: a directory and a Guild home that runs are made and looked at in, through the command line of guild."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import uuid
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple, Union

from .files import cat, findl
from .flags import flag_assigns
from .shell import RunError, execute

#: Keywords that are options, in the order that they are given in. KEYWORD:OPTION is for an option of another name.
RUN_OPTIONS = """restart start stage proto force_sourcecode label tags:tag comment batch_label batch_tags:batch-tag batch_comment
    run_dir optimize optimizer minimize maximize opt_flags:opt-flag max_trials random_seed debug_sourcecode needed print_cmd
    print_trials save_trials stage_trials force_flags force_deps stop_after fail_on_trial_error quiet test_sourcecode gpus help_op
    run_id background keep_run keep_batch deps:dep"""
FILTERS = """expr:filter ops:operation labels:label tags:tag comments:comment unlabeled marked unmarked started digest completed
    error pending running staged terminated"""
COMPARE_OPTIONS = """cols extra_cols strict_cols all_scalars skip_op_cols skip_core skip_unchanged include_batch min_col:min
    max_col:max limit"""


def _options(known: str, given: Dict[str, Any]) -> List[str]:
    """Take the keywords that are known out of given and return their options: a switch for True, one option for each item of a
    list, NAME=VALUE for those of a dict, nothing for None, False and ''."""
    args: List[str] = []
    for word in known.split():
        keyword, _, name = word.partition(":")
        option = "--" + (name or keyword).replace("_", "-")
        value = given.pop(keyword, None)
        if value is True:
            args.append(option)
        elif isinstance(value, (list, tuple, Mapping)):
            for item in flag_assigns(value) if isinstance(value, Mapping) else value:
                args += [option, str(item)]
        elif value is not None and value is not False and value != "":
            args += [option, str(value)]
    return args


def _refuse(function: str, left: Iterable[str]) -> None:
    for keyword in left:
        raise TypeError("%s() got an unexpected keyword argument '%s'" % (function, keyword))


def _ids(runs: Any) -> List[str]:
    """The ids of runs or texts, one or several."""
    if runs is None:
        return []
    return [r.id if isinstance(r, Run) else str(r) for r in ([runs] if isinstance(runs, (Run, str)) else runs)]


class Run:
    """A run. What may change is asked of guild at the time it is used."""

    def __init__(self, project: "Project", id: str, dir: str) -> None:
        self.project, self.id, self.short_id, self.dir, self.path = project, id, id[:8], dir, dir

    def __repr__(self) -> str:
        return "<guild.run.Run '%s'>" % self.id

    def info(self) -> Dict[str, Any]:
        return json.loads(self.project.data("runs", "info", self.id, "--json", "--private-attrs"))

    @property
    def status(self) -> str:
        return self.info()["status"]

    def get(self, attr: str, default: Any = None) -> Any:
        info = self.info()
        return next((d[attr] for d in (info, info["attributes"], info["private"]) if d.get(attr) is not None), default)


class Project:
    def __init__(self, cwd: str, guild_home: Optional[str] = None, env: Optional[Mapping[str, str]] = None) -> None:
        self.cwd = self.dir = cwd
        self.guild_home = guild_home or self.mkdtemp()
        self.env = env or {}

    def mkdtemp(self) -> str:
        raise NotImplementedError  # what runs documents says where

    # ---- the command line

    def _execute(self, args: List[str], cwd: str = "", env: Optional[Mapping[str, str]] = None, merge: bool = True) -> str:
        """Run guild and return its output, with its errors or without."""
        guild = shutil.which("guild")
        if guild is None:
            raise FileNotFoundError(2, "No such file or directory", "guild")
        variables = {"LANG": "en_US.UTF-8", **os.environ, "NO_IMPORT_FLAGS_PROGRESS": "1", "NO_WARN_RUNDIR": "1",
                     "GUILD_HOME": os.path.abspath(self.guild_home), **self.env, **(env or {})}
        where = os.path.join(self.cwd, cwd)
        out, err, code = execute([guild] + args, cwd=where, env=variables, merge=merge)
        if code != 0:
            raise RunError([guild] + args, where, code, err + out)
        return out

    def data(self, *args: str) -> str:
        return self._execute(list(args), merge=False)

    def _print(self, command: str, function: str, known: str, runs: Any, kw: Dict[str, Any]) -> None:
        """Run a command on runs and print what it says."""
        print(self._execute(command.split() + self._chosen(function, known, runs, kw)), end="")

    def _chosen(self, function: str, known: str, runs: Any, kw: Dict[str, Any]) -> List[str]:
        args = _options(known, kw) + _options(FILTERS, kw) + _ids(runs)
        _refuse(function, kw)
        return args

    # ---- making runs

    def _run(self, op: Optional[str], flags: Optional[Mapping[str, Any]], kw: Dict[str, Any]) -> str:
        cwd, env = kw.pop("cwd", None) or "", kw.pop("extra_env", None)
        files, dropped = kw.pop("batch_files", None) or [], kw.pop("ignore_output", None) or []
        args = ["run", "-y"] + ([op] if op else []) + _options(RUN_OPTIONS, kw) + flag_assigns(flags or {}) + ["@" + f for f in files]
        _refuse("run", kw)
        try:
            return _without(self._execute(args, cwd, env), dropped)
        except RunError as e:
            e.output = _without(e.output, dropped)
            raise

    def run(self, op: Optional[str] = None, flags: Optional[Mapping[str, Any]] = None, **kw: Any) -> None:
        try:
            print(self._run(op, flags, kw))
        except RunError as e:
            print("%s\n<exit %d>" % (e.output, e.returncode))

    def run_quiet(self, op: Optional[str] = None, flags: Optional[Mapping[str, Any]] = None, **kw: Any) -> None:
        self._run(op, flags, kw)

    def print_trials(self, op: Optional[str] = None, flags: Optional[Mapping[str, Any]] = None, **kw: Any) -> None:
        print(self._run(op, flags, dict(kw, print_trials=True)))

    def run_capture(self, op: Optional[str] = None, flags: Optional[Mapping[str, Any]] = None, **kw: Any) -> Tuple[Run, str]:
        """Return the run and its output. The id of a new run is chosen here, so that the run is known."""
        again = kw.get("restart") or kw.get("start")
        if kw.get("run_dir"):
            id = os.path.basename(kw["run_dir"])
        elif again:
            id = self.data("select", str(again)).strip()
        else:
            id = kw["run_id"] = kw.get("run_id") or uuid.uuid4().hex
        dir = os.path.abspath(kw.get("run_dir") or os.path.join(self.guild_home, "runs", id))
        return Run(self, id, dir), self._run(op, flags, kw)

    # ---- looking at runs

    def list_runs(self, limit: Optional[int] = None, **kw: Any) -> List[Run]:
        """All runs that fit, newest first: the command by itself lists the latest."""
        kw["all"] = True
        found = json.loads(self.data("runs", "--json", *self._chosen("runs_list", "all deleted", None, kw)))
        return [Run(self, r["id"], r["dir"]) for r in found][:limit]

    def print_runs(self, runs: Optional[Iterable[Run]] = None, cwd: Optional[str] = None, limit: Optional[int] = None,
                   **columns: bool) -> None:
        print_runs(self.list_runs(limit=limit) if runs is None else runs, **columns)

    def select(self, run: Union[Run, str, None] = None, **kw: Any) -> str:
        try:
            return self.data("select", *self._chosen("select", "min max", run, kw)).strip()
        except RunError as e:
            raise ValueError(e.output.strip()) from None

    def compare(self, runs: Any = None, **kw: Any) -> List[List[Any]]:
        """The rows of the comparison, the heading first."""
        out = self.data("compare", "--csv", "-", *self._chosen("compare", COMPARE_OPTIONS, runs, kw))
        rows: List[List[Any]] = list(csv.reader(out.splitlines(keepends=True)))
        return rows[:1] + [[_cell(text) for text in row] for row in rows[1:]]

    def scalars(self, run: Run) -> List[Dict[str, Any]]:
        found = json.loads(self.data("api", "runs", run.id))
        return [{re.sub("[A-Z]", lambda m: "_" + m.group().lower(), key): value for key, value in s.items()}
                for r in found if r["id"] == run.id for s in r.get("scalars") or []]

    def cat(self, run: Run, path: str) -> None:
        cat(run.dir, path)

    def ls(self, run: Optional[Run] = None, all: bool = False, sourcecode: bool = False) -> List[str]:
        """The files of a run, by default the latest: those that the operation sees, all, or the source code."""
        if run is None:
            runs = self.list_runs(limit=1)
            if not runs:
                raise RuntimeError("no runs")
            run = runs[0]
        if sourcecode and not all:
            return sorted(self.data("ls", "--sourcecode", "--no-format", run.id).splitlines())
        return [p for p in findl(run.dir) if all or p.split("/")[0] != ".guild"]

    # ---- changing runs

    def delete_runs(self, runs: Any = None, **kw: Any) -> None:
        self._print("runs rm -y", "runs_delete", "permanent", runs, kw)

    def label(self, runs: Any = None, **kw: Any) -> None:
        self._print("label -y", "runs_label", "set append prepend remove clear", runs, kw)

    def tag(self, runs: Any = None, **kw: Any) -> None:
        self._print("tag -y", "runs_tag", "add remove:delete clear sync_labels list_all", runs, kw)

    def mark(self, runs: Any = None, **kw: Any) -> None:
        self._print("mark -y", "mark", "clear", runs, kw)

    def stop_runs(self, runs: Any = None, **kw: Any) -> None:
        self._print("stop -y", "runs_stop", "no_wait", runs, kw)


def _without(text: str, parts: Union[str, Iterable[str]]) -> str:
    """Drop the lines that contain one of the texts, and white space at both ends."""
    parts = [parts] if isinstance(parts, str) else list(parts)
    return "\n".join(line for line in text.split("\n") if not any(p in line for p in parts)).strip()


def _cell(text: str) -> Any:
    """Read a number; an empty cell is None, all else is text."""
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            pass
    return text or None


def print_runs(runs: Iterable[Run], ids: bool = False, short_ids: bool = False, flags: bool = False, labels: bool = False,
               tags: bool = False, status: bool = False, scalars: bool = False) -> None:
    """Print a table of runs: the operation and the columns that are asked for, two spaces apart."""
    rows = []
    for r in runs:
        info = r.info()
        cells = [
            (True, info["operation"]),
            (ids, r.id),
            (short_ids, r.short_id),
            (flags, " ".join(flag_assigns(info["flags"]))),
            (labels, info["label"]),
            (tags, " ".join(sorted(info["tags"]))),
            (status, info["status"]),
            (scalars, " ".join("%s=%.5f" % (tag, value) for tag, (value, _) in sorted(info["scalars"].items()) if value is not None)),
        ]
        rows.append([text for shown, text in cells if shown])
    widths = [max(len(text) for text in column) for column in zip(*rows)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())
