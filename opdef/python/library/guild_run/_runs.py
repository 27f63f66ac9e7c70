"""Reading runs."""
from __future__ import annotations

import datetime
import json
import os
from typing import Any, Dict, Iterable, List, Optional, Sequence, Union

from . import _cli


_MISSING = object()


def _words(values: Union[None, str, Iterable[str]], option: str) -> List[str]:
    if values is None:
        return []
    return [word for value in ([values] if isinstance(values, str) else values) for word in (option, value)]


class Table(List[Dict[str, Any]]):
    """A list of dicts; to_pandas() converts it if pandas is installed."""

    def to_pandas(self) -> Any:
        """Return a DataFrame with a row for each dict."""
        return frame(self)


def frame(rows: Sequence[Dict[str, Any]]) -> Any:
    """Return a DataFrame of rows. The error says that pandas is not installed."""
    try:
        import pandas
    except ImportError as e:
        raise _cli.GuildError("pandas is not installed here: pip install pandas, or use the rows as they are") from e
    return pandas.DataFrame(list(rows))


class Run:
    """A run. Its data is read once; refresh() reads it again."""

    def __init__(self, data: Dict[str, Any]) -> None:
        """Create a run from guild's JSON, or from its id and dir; other data is read when it is needed."""
        self._data = data
        self._attrs: Optional[Dict[str, Any]] = None

    def _get(self, name: str) -> Any:
        if "status" not in self._data:
            self.refresh()
        return self._data.get(name)

    def __repr__(self) -> str:
        return "<guild run %s %s %s>" % (self.short_id, self.operation, self.status)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def id(self) -> str:
        return str(self._data["id"])

    @property
    def short_id(self) -> str:
        return str(self._data.get("short_id") or self.id[:8])

    @property
    def dir(self) -> str:
        """The directory of the run."""
        return str(self._data["dir"])

    path = dir

    @property
    def operation(self) -> str:
        return str(self._get("operation") or "")

    @property
    def status(self) -> str:
        return str(self._get("status") or "")

    @property
    def label(self) -> str:
        return str(self._get("label") or "")

    @property
    def tags(self) -> List[str]:
        return list(self._get("tags") or [])

    @property
    def flags(self) -> Dict[str, Any]:
        return {name: _cli.number(value) for name, value in (self._get("flags") or {}).items()}

    @property
    def timestamp(self) -> Optional[int]:
        """When the run started, in microseconds since 1970."""
        return self._get("started")

    @property
    def started(self) -> Optional[datetime.datetime]:
        return _moment(self._get("started"))

    @property
    def stopped(self) -> Optional[datetime.datetime]:
        return _moment(self._get("stopped"))

    def refresh(self) -> "Run":
        """Read the run again."""
        self._data, self._attrs = _cli.read("runs", "info", "--json", self.id), None
        return self

    def get(self, name: str, default: Any = None) -> Any:
        """Return an attribute of the run, such as flags or exit_status."""
        if self._attrs is None:
            self._attrs = _cli.read("sys", "attrs", self.dir)
        return self._attrs.get(name, default)

    def __getitem__(self, name: str) -> Any:
        """Return an attribute of the run. The error for one that it does not have is a KeyError."""
        value = self.get(name, _MISSING)
        if value is _MISSING:
            raise KeyError(name)
        return value

    def guild_path(self, *names: str) -> str:
        return os.path.join(self.dir, ".guild", *names)

    def output(self) -> str:
        """Return the output of the run so far."""
        try:
            with open(self.guild_path("output"), encoding="utf-8", errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def scalars(self, *tags: str, last: bool = False) -> Table:
        """Return the values of scalars step by step: dicts with run, tag, step, wall_time and value. Tags may have * and ?."""
        return Runs([self]).scalars(*tags, last=last)

    def last(self) -> Dict[str, float]:
        """Return the last value of each scalar, by name."""
        return {row["tag"]: row["value"] for row in self.scalars(last=True)}

    def info(self, output: bool = False, scalars: bool = False) -> None:
        """Print what is known of the run."""
        text = _cli.output("runs", "info", self.id).rstrip("\n").split("\n")
        print("\n".join(text))
        if scalars:
            for row in self.scalars():
                print("  %s: %s (step %s)" % (row["tag"], row["value"], row["step"]))
        if output:
            print("output:")
            for line in self.output().splitlines():
                print("  " + line)

    def row(self) -> Dict[str, Any]:
        return {"run": self.short_id, "operation": self.operation, "started": self.started, "status": self.status, "label": self.label}


def _moment(micros: Optional[int]) -> Optional[datetime.datetime]:
    return None if micros is None else datetime.datetime.fromtimestamp(micros / 1e6)


class Runs(List[Run]):
    """A list of runs, the latest first."""

    def _ids(self) -> List[str]:
        return [run.id for run in self]

    def _sub(self, runs: Iterable[Run]) -> "Runs":
        return type(self)(runs)

    def __getitem__(self, at: Any) -> Any:
        got = super().__getitem__(at)
        return self._sub(got) if isinstance(at, slice) else got

    def scalars(self, *tags: str, last: bool = False) -> Table:
        """Return the values of scalars step by step: dicts with run, tag, step, wall_time and value. Tags may have * and ?."""
        table = Table()
        for ids in _parts(self._ids()):
            words = ["scalars", "--json"] + _words(tags, "--tag") + (["--last"] if last else [])
            for line in _cli.output(*words, *ids).splitlines():
                row = json.loads(line)
                row["value"] = _cli.number(row["value"])
                table.append(row)
        return table

    def flags(self) -> Table:
        """Return the flags of each run, with the id of the run as run."""
        return Table({**run.flags, "run": run.short_id} for run in self)

    guild_flags = flags

    def compare(self, *columns: str) -> Table:
        """Return the table of `guild compare` as dicts by heading. columns replaces the default columns, in the command line's syntax."""
        table = Table()
        chosen = ["--strict-cols", ",".join(columns)] if columns else []
        for ids in _parts(self._ids()):
            header, *rows = _cli.read("compare", "--json", "--include-batch", *chosen, *ids) or [[]]
            for row in rows:
                values: Dict[str, Any] = {}
                for name, value in zip(header, row):
                    values.setdefault(name, _cli.number(value))  # a flag or attribute may have the name of another column
                table.append(values)
        return table

    def info(self, output: bool = False, scalars: bool = False) -> None:
        """Print what is known of the first run."""
        if self:
            self[0].info(output=output, scalars=scalars)

    def delete(self, permanent: bool = False) -> List[str]:
        """Move the runs to the trash, or delete them permanently, and return their ids."""
        for ids in _parts(self._ids()):
            _cli.output("runs", "delete", "-y", *(["--permanent"] if permanent else []), *ids)
        return self._ids()

    def label(self, text: Optional[str] = None, clear: bool = False) -> None:
        """Set the labels of the runs, or remove them."""
        for ids in _parts(self._ids()):
            _cli.output("runs", "label", "-y", *(["--clear"] if clear or not text else ["--set", text]), *ids)

    def tag(self, add: Union[None, str, Iterable[str]] = None, remove: Union[None, str, Iterable[str]] = None, clear: bool = False) -> None:
        """Change the tags of the runs."""
        words = _words(add, "--add") + _words(remove, "--remove") + (["--clear"] if clear else [])
        for ids in _parts(self._ids()):
            _cli.output("runs", "tag", "-y", *words, *ids)

    def to_pandas(self) -> Any:
        """Return a DataFrame with a row for each run: run, operation, started, status, label and its flags."""
        return frame([{**run.row(), **run.flags} for run in self])


def _parts(ids: List[str]) -> Iterable[List[str]]:
    """Split the ids into parts that fit on a command line."""
    size = 1000
    return [ids[i : i + size] for i in range(0, len(ids), size)]


def runs(
    filter: Optional[str] = None,
    operation: Union[None, str, Iterable[str]] = None,
    label: Union[None, str, Iterable[str]] = None,
    tag: Union[None, str, Iterable[str]] = None,
    status: Union[None, str, Iterable[str]] = None,
    limit: Optional[int] = None,
) -> Runs:
    """Return the runs that match, the latest first. The filter is an expression as for `guild runs -F`."""
    words = _words(filter, "--filter") + _words(operation, "--operation") + _words(label, "--label") + _words(tag, "--tag")
    words += ["--" + name for name in ([status] if isinstance(status, str) else status or [])]
    words += ["--all"] if limit is None else ["--limit", str(limit)]
    return Runs(Run(data) for data in _cli.read("runs", "list", "--json", *words))


def run_of(id: str) -> Run:
    """Return the run with an id."""
    return Run(_cli.read("runs", "info", "--json", id))
