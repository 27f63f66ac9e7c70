"""Log to the current run, run operations and read runs.

    import guild

    guild.log(loss=0.1, step=3)
    guild.attr(data="v2")
    for run in guild.runs("op = train and loss < 0.5"):
        print(run.id, run.flags, run.scalars())

This package has no dependencies and talks to the program `guild` by its JSON. `guild` is another name of it, unless Guild AI's
own package of that name is installed.
"""
from __future__ import annotations

from ._cli import GuildError, set_guild_home
from ._log import attr, flags, log, run_dir
from ._run import run
from ._runs import Run, Runs, Table, runs
from ._space import loguniform, uniform

__all__ = [
    "GuildError",
    "Run",
    "Runs",
    "Table",
    "attr",
    "flags",
    "log",
    "loguniform",
    "run",
    "run_dir",
    "runs",
    "set_guild_home",
    "uniform",
]
