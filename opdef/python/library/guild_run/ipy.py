"""The interface of Guild AI for notebooks.

    from guild import ipy

    run, result = ipy.run(train, lr=0.1)
    ipy.runs().compare()

With pandas, tables are DataFrames. Without it, runs are a list, and tables are lists of dicts.
"""
from __future__ import annotations

from typing import Any, Iterable, List, Optional

from . import _runs
from ._cli import GuildError, guild_home, set_guild_home
from ._run import run
from ._space import loguniform, uniform

__all__ = ["GuildError", "Runs", "guild_home", "loguniform", "run", "runs", "set_guild_home", "uniform"]

#: Columns of scalars(), by their names in `guild runs info --json --all-scalars`.
_POINTS = ("first", "last", "min", "max")

_STATUSES = ("running", "completed", "error", "terminated", "pending", "staged")
_SWITCHES = ("unlabeled", "marked", "unmarked", "deleted")


def _frames() -> Any:
    """Return the module of tables of pandas, or None if pandas is not installed."""
    try:
        import pandas  # noqa: F401
    except ImportError:
        return None
    from . import _frames as frames

    return frames


def _table(rows: Iterable[Any]) -> Any:
    table = _runs.Table(rows)
    return table.to_pandas() if _frames() else table


class Runs(_runs.Runs):
    """A list of runs, the latest first."""

    @property
    def iloc(self) -> "Runs":
        """The runs by position, as in a DataFrame: iloc[1] is a run, and iloc[:2] are runs."""
        return self

    def scalars(self, *tags: str, last: bool = False) -> Any:
        """Return a row for each scalar of each run, with its first, last, lowest and highest value, average, number of values and total."""
        rows = []
        for run in self:
            info = _runs._cli.read("runs", "info", "--json", "--all-scalars", run.id)
            for key, s in sorted((info.get("all_scalars") or {}).items()):
                prefix, _, tag = key.rpartition("#")
                row = {"run": run.id, "prefix": prefix, "tag": tag}
                for name in _POINTS:
                    row[name + "_val"], row[name + "_step"] = _runs._cli.number(s[name][0]), s[name][1]
                row.update(avg_val=_runs._cli.number(s["avg"]), count=s["count"], total=_runs._cli.number(s["total"]))
                rows.append(row)
        return _table(rows)

    def scalars_detail(self) -> Any:
        """Return a row for each value of each scalar: run, path, tag, val, step."""
        rows = []
        for row in _runs.Runs.scalars(self):
            path, _, tag = row["tag"].rpartition("#")
            rows.append({"run": row["run"], "path": path or ".", "tag": tag, "val": row["value"], "step": row["step"]})
        return _table(rows)

    def attributes(self) -> Any:
        """Return a row for each run: the attributes that its operation has recorded."""
        return _table(_runs._cli.read("runs", "info", "--json", run.id).get("attributes") or {} for run in self)

    def flags(self) -> Any:
        """Return a row for each run: its flags, and its id as run, or as _run where a flag has that name."""
        rows = []
        for run in self:
            key = "run"
            while key in run.flags:
                key = "_" + key
            rows.append({**run.flags, key: run.id})
        return _table(rows)

    guild_flags = flags

    def compare(self, *columns: str) -> Any:
        """Return the table of `guild compare`. columns replaces the default columns, in the command line's syntax."""
        rows, frames = super().compare(*columns), _frames()
        return frames.compared(self, rows) if frames else rows


def runs(
    operations: Optional[Iterable[str]] = None,
    filter_expr: Optional[str] = None,
    labels: Optional[Iterable[str]] = None,
    tags: Optional[Iterable[str]] = None,
    comments: Optional[Iterable[str]] = None,
    started: Optional[str] = None,
    digest: Optional[str] = None,
    archive: Optional[str] = None,
    limit: Optional[int] = None,
    **switches: Optional[bool],
) -> Any:
    """Return runs, the latest first: a DataFrame if pandas is installed, else a list.

    The options are those of `guild runs`. Switches are running, completed, error, terminated, pending, staged, which may be False too,
    and unlabeled, marked, unmarked, deleted.
    """
    words: List[str] = []
    for option, values in (("filter", filter_expr), ("operation", operations), ("label", labels), ("tag", tags), ("comment", comments),
                           ("started", started), ("digest", digest), ("archive", archive)):
        words += _runs._words(values, "--" + option)
    for name, on in switches.items():
        if name not in _STATUSES and name not in _SWITCHES:
            raise TypeError("runs() has no option %s" % name)
        if on is not None and (on or name in _STATUSES):
            words.append("--%s%s" % ("" if on else "not-", name))
    words += ["--all"] if limit is None else ["--limit", str(limit)]
    found = Runs(_runs.Run(data) for data in _runs._cli.read("runs", "list", "--json", *words))
    frames = _frames()
    return frames.table(found) if frames else found


def __getattr__(name: str) -> Any:
    """Return the classes of tables, which are loaded with pandas."""
    frames = _frames() if name in ("RunIndex", "RunsDataFrame", "RunsSeries") else None
    if frames is None:
        raise AttributeError("module %s has no attribute %s" % (__name__, name))
    return getattr(frames, name)
