"""The interface of Guild AI for notebooks, as far as its documents show it.

    from guild import ipy

    run, result = ipy.run(train, lr=0.1)
    ipy.runs().compare()

Tables are DataFrames if pandas is installed, and lists of dicts otherwise.
"""
from __future__ import annotations

from typing import Any, Iterable, List, Optional, Union

from . import _runs
from ._cli import GuildError, set_guild_home
from ._run import run
from ._space import loguniform, uniform

__all__ = ["GuildError", "Runs", "loguniform", "run", "runs", "set_guild_home", "uniform"]

#: Columns of scalars(), by their names in `guild runs info --json --all-scalars`.
_POINTS = ("first", "last", "min", "max")


def _table(rows: Iterable[Any]) -> Any:
    table = _runs.Table(rows)
    try:
        return table.to_pandas()
    except GuildError:
        return table


class Runs(_runs.Runs):
    """Runs, the latest first. Tables are DataFrames if pandas is installed."""

    @property
    def iloc(self) -> "Runs":
        """The runs by position, as in a DataFrame: iloc[1] is a run, and iloc[:2] are runs."""
        return self

    def scalars(self, *tags: str, last: bool = False) -> Any:
        """Return a row for each scalar of each run, with its first, last, lowest and highest value, average, total and count."""
        rows = []
        for run in self:
            info = _runs._cli.read("runs", "info", "--json", "--all-scalars", run.id)
            for key, s in sorted((info.get("all_scalars") or {}).items()):
                prefix, _, tag = key.rpartition("#")
                row = {"run": run.short_id, "prefix": prefix, "tag": tag, "count": s["count"], "total": _runs._cli.number(s["total"]), "avg_val": _runs._cli.number(s["avg"])}
                for name in _POINTS:
                    row[name + "_val"], row[name + "_step"] = _runs._cli.number(s[name][0]), s[name][1]
                rows.append(row)
        return _table(rows)

    def scalars_detail(self) -> Any:
        """Return a row for each value of each scalar: run, path, tag, value, step."""
        rows = []
        for row in _runs.Runs.scalars(self):
            path, _, tag = row["tag"].rpartition("#")
            rows.append({"run": row["run"], "path": path, "tag": tag, "value": row["value"], "step": row["step"]})
        return _table(rows)

    def flags(self) -> Any:
        return _table(super().flags())

    guild_flags = flags

    def compare(self, *columns: str) -> Any:
        return _table(super().compare(*columns))


def runs(
    operations: Optional[Iterable[str]] = None,
    labels: Optional[Iterable[str]] = None,
    tags: Optional[Iterable[str]] = None,
    filter: Optional[str] = None,
    limit: Optional[int] = None,
    **statuses: bool,
) -> Runs:
    """Return runs. Statuses are running, completed, error, terminated, pending and staged."""
    wanted: Union[None, List[str]] = [name for name, on in statuses.items() if on] or None
    return Runs(_runs.runs(filter, operation=operations, label=labels, tag=tags, status=wanted, limit=limit))
