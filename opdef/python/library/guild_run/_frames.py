"""Runs as tables of pandas, as notebooks that were written for Guild AI use them."""
from __future__ import annotations

from typing import Any, Iterable, List

import pandas

from . import _runs
from ._cli import GuildError
from .ipy import Runs


class RunIndex:
    """A run in a cell of a table: its text is the short id, and it equals the full id. The run itself is `run`, or `value`."""

    def __init__(self, run: _runs.Run) -> None:
        self.run = self.value = run

    def __str__(self) -> str:
        return self.run.short_id

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return self.run.id == (other.run.id if isinstance(other, RunIndex) else other)

    def __lt__(self, other: Any) -> bool:
        return self.run.id < str(other.run.id if isinstance(other, RunIndex) else other)

    def __hash__(self) -> int:
        return hash(self.run.id)


class _Methods:
    """What can be asked of the runs in a table, or in one row of it."""

    def guild_runs(self) -> Any:
        """Return the runs as a list, which can be labelled and tagged too."""
        raise NotImplementedError

    def delete(self, permanent: bool = False) -> List[str]:
        """Move the runs to the trash, or delete them permanently, and return their ids."""
        return self.guild_runs().delete(permanent)

    def scalars(self) -> Any:
        """Return a row for each scalar of each run, see Runs.scalars."""
        return self.guild_runs().scalars()

    def scalars_detail(self) -> Any:
        """Return a row for each value of each scalar, see Runs.scalars_detail."""
        return self.guild_runs().scalars_detail()

    def attributes(self) -> Any:
        """Return a row for each run: the attributes that its operation has recorded."""
        return self.guild_runs().attributes()

    def guild_flags(self) -> Any:
        """Return a row for each run: its flags, and its id as run. (Tables of pandas have a property flags of their own.)"""
        return self.guild_runs().flags()

    def compare(self, *args: Any, **options: Any) -> Any:
        """Return a row for each run, with its flags and scalars. With another table or series, compare the two as pandas does."""
        return super().compare(*args, **options) if args or options else self.guild_runs().compare()


def _cells(values: Iterable[Any]) -> List[_runs.Run]:
    return [v.run for v in values if isinstance(v, RunIndex)]


class RunsSeries(_Methods, pandas.Series):
    """A row of a table of runs."""

    @property
    def _constructor(self) -> Any:
        return RunsSeries

    @property
    def _constructor_expanddim(self) -> Any:
        return RunsDataFrame

    def guild_runs(self) -> Any:
        return Runs(_cells(self.values))

    def info(self, *args: Any, **options: Any) -> None:
        """Print what is known of the run."""
        runs = _cells(self.values)
        if runs:
            runs[0].info(*args, **options)
        else:
            super().info(*args, **options)


class RunsDataFrame(_Methods, pandas.DataFrame):
    """A table of runs: run, operation, started, status and label. What is selected from it, is one too."""

    @property
    def _constructor(self) -> Any:
        return RunsDataFrame

    @property
    def _constructor_sliced(self) -> Any:
        return RunsSeries

    def guild_runs(self) -> Any:
        if len(self) == 0:
            return Runs([])
        for _, column in self.items():
            runs = _cells(column.values)
            if len(runs) == len(self):
                return Runs(runs)
        raise GuildError("this table has no column of runs: select rows of guild.ipy.runs() and keep its column run")

    def info(self, *args: Any, **options: Any) -> None:
        """Print what is known of the first run."""
        try:
            runs = self.guild_runs()
        except GuildError:
            super().info(*args, **options)
        else:
            runs.info(*args, **options)


def table(runs: Iterable[_runs.Run]) -> RunsDataFrame:
    """Return runs as a table."""
    columns = ["run", "operation", "started", "status", "label"]
    rows = []
    for run in runs:
        started = run.started and run.started.replace(microsecond=0)
        rows.append([RunIndex(run), run.operation, started, run.status, run.label])
    return RunsDataFrame(rows, columns=columns)


def compared(runs: Iterable[_runs.Run], rows: _runs.Table) -> Any:
    """Return the rows of a comparison of runs as a table of pandas, with runs, times and durations in place of their texts."""
    by_id = {run.short_id: RunIndex(run) for run in runs}
    frame = rows.to_pandas()
    if "run" in frame:
        frame["run"] = [by_id.get(id, id) for id in frame["run"]]
    if "label" in frame:
        frame["label"] = frame["label"].fillna("")
    if "started" in frame:
        frame["started"] = pandas.to_datetime(frame["started"])
    if "time" in frame:
        frame["time"] = pandas.to_timedelta(frame["time"])
    return frame
