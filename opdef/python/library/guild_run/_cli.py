"""How this package calls the program guild."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any, List, Optional

_home: Optional[str] = None


class GuildError(Exception):
    """An error reported by the program guild."""


def set_guild_home(path: Optional[str]) -> Optional[str]:
    """Use another Guild home from now on; None restores the default. Return what was set before."""
    global _home
    before, _home = _home, None if path is None else os.path.abspath(path)
    return before


def guild_home() -> str:
    """Return the path of the Guild home that is used."""
    for line in output("check", "--env").splitlines():
        name, _, value = line.partition(":")
        if name == "home":
            return os.path.expanduser(value.strip())
    raise GuildError("guild check --env names no home")


def command(*args: str) -> List[str]:
    """Return the argument list that runs guild with args."""
    exe = os.environ.get("GUILD_EXE") or shutil.which("guild")
    if not exe:
        raise GuildError("the program guild was not found: put it on PATH, or set GUILD_EXE to its path")
    return [exe] + (["-H", _home] if _home else []) + list(args)


def output(*args: str) -> str:
    """Return the output of a guild command. A failure is a GuildError with the message of guild."""
    try:
        done = subprocess.run(command(*args), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError as e:
        raise GuildError("cannot run the program guild: %s" % e) from e
    if done.returncode != 0:
        raise GuildError(message(done.stderr.decode("utf-8", "replace"), done.returncode))
    return done.stdout.decode("utf-8", "replace")


def read(*args: str) -> Any:
    """Return the decoded JSON output of a guild command."""
    text = output(*args)
    try:
        return json.loads(text)
    except ValueError as e:
        raise GuildError("guild %s did not print JSON: %s" % (" ".join(args), text[:200])) from e


def message(stderr: str, status: int) -> str:
    """Return the error message in the standard error output of guild."""
    lines = [line for line in stderr.strip().splitlines() if line.strip()]
    text = "\n".join(lines)
    return text[len("guild: ") :] if text.startswith("guild: ") else text or "guild ended with exit status %d" % status


def number(value: Any) -> Any:
    """Convert the texts "NaN", "+Inf" and "-Inf", which JSON has no numbers for, to floats."""
    if isinstance(value, str) and value in ("NaN", "+Inf", "-Inf"):
        return float(value)
    return value
