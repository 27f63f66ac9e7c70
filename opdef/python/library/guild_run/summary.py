"""SummaryWriter, with which operations of Guild AI log scalars and attributes, as guild.log and guild.attr do."""
from __future__ import annotations

import os
import time
from typing import Any, Optional

from . import _log


class SummaryWriter:
    """Write scalars of the current run. The path of logdir below the run directory is a prefix of their names: train#loss.

    Texts with the suffix .attrs become attributes of the run, with the same prefix. Images and hyperparameters, which only TensorBoard uses, are dropped with a
    warning; the flags of a run are its hyperparameters.
    """

    def __init__(self, logdir: str, filename_base: Optional[str] = None, filename_suffix: str = "") -> None:
        self.logdir = logdir
        self._attrs = filename_suffix == ".attrs"

    def add_scalar(self, tag: str, val: Any, step: Optional[int] = None, walltime: Optional[float] = None) -> None:
        """Log a scalar. The default step is 0."""
        _log.log_at({self._name(tag): val}, 0 if step is None else step, time.time() if walltime is None else walltime)

    def add_text(self, tag: str, val: Any, step: Optional[int] = None, walltime: Optional[float] = None) -> None:
        """Set an attribute of the run, with the suffix .attrs."""
        if self._attrs:
            _log.attr({self._name(tag): str(val)})
        else:
            _log.warn("summary: a text is only recorded as an attribute, by a writer with filename_suffix='.attrs'")

    def add_image(self, *args: Any, **kw: Any) -> None:
        _log.warn("summary: images are not recorded: save them as files of the run")

    def add_hparam_experiment(self, *args: Any, **kw: Any) -> None:
        _log.warn("summary: hyperparameters are not recorded: they are the flags of the run")

    def add_hparam_session(self, *args: Any, **kw: Any) -> None:
        self.add_hparam_experiment()

    def flush(self) -> None:
        """Nothing waits to be written."""

    def close(self) -> None:
        """Nothing waits to be written."""

    def __enter__(self) -> "SummaryWriter":
        return self

    def __exit__(self, *exc: Any) -> None:
        self.close()

    def _name(self, tag: str) -> str:
        path = _log.run_dir()
        below = os.path.relpath(os.path.realpath(self.logdir), os.path.realpath(path)) if path else "."
        if below == os.curdir or below.split(os.sep)[0] in (os.pardir, ".guild"):
            return tag
        return below.replace(os.sep, "/") + "#" + tag
