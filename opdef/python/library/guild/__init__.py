"""Log to the current run, run operations and read runs: this is another name of guild_run.

If Guild AI is installed, its package is used in place of this one. Nothing is loaded where `python -m guild.op_main` imports
this package: sys.argv[0] is -m at that time.
"""
import importlib.machinery as _machinery
import os as _os
import sys as _sys

_starting = _sys.argv[:1] == ["-m"]
_own = _os.path.dirname(_os.path.dirname(_os.path.abspath(__file__)))
_spec = None if _starting else _machinery.PathFinder.find_spec("guild", [p for p in _sys.path if _os.path.abspath(p) != _own])
if _spec is not None and _spec.submodule_search_locations and _spec.loader is not None and _spec.origin:
    with open(_spec.origin, encoding="utf-8") as _f:
        _is_ours = "guild_run" in _f.read()
else:
    _is_ours = True
if not _is_ours:
    __path__ = list(_spec.submodule_search_locations)
    __file__ = _spec.origin
    _spec.loader.exec_module(_sys.modules[__name__])
elif not _starting:
    from guild_run import *  # noqa: F401,F403
    from guild_run import __all__  # noqa: F401
