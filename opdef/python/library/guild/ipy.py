from guild_run import ipy as _ipy
from guild_run.ipy import *  # noqa: F401,F403


def __getattr__(name):
    return getattr(_ipy, name)
