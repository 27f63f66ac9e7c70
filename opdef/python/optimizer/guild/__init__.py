"""What a Python operation needs to be an optimizer: see batch_util.

Where Guild AI is installed, its package is used in place of this one.
"""
import importlib.machinery as _machinery
import os as _os
import sys as _sys

_own = _os.path.dirname(_os.path.dirname(_os.path.abspath(__file__)))
_spec = _machinery.PathFinder.find_spec("guild", [p for p in _sys.path if _os.path.abspath(p) != _own])
if _spec is not None and _spec.submodule_search_locations and _spec.loader is not None:
    __path__ = list(_spec.submodule_search_locations)
    __file__ = _spec.origin
    _spec.loader.exec_module(_sys.modules[__name__])
