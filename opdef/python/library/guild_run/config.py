"""Which Guild home is used, by the names of Guild AI.

    with config.SetGuildHome("other-home"):
        ipy.runs()
"""
from __future__ import annotations

from typing import Any, Optional

from ._cli import guild_home, set_guild_home

__all__ = ["SetGuildHome", "guild_home", "set_guild_home"]


class SetGuildHome:
    """Uses another Guild home within a with statement."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._before: Optional[str] = None

    def __enter__(self) -> "SetGuildHome":
        self._before = set_guild_home(self.path)
        return self

    def __exit__(self, *error: Any) -> None:
        set_guild_home(self._before)
