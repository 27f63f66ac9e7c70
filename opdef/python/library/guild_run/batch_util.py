"""Run the trials of a batch from an operation that is its optimizer.

    from guild import batch_util

    batch = batch_util.batch_run()
    for x in 0.1, 0.2:
        trial = batch_util.run_trial(batch, {"x": x})
        print(trial.objective)

The batch has the attributes flags, max_trials, random_seed and objective; its
batch_proto has the flags of the trials, lists and ranges included.
"""
import json
import os
import subprocess
import tempfile

DEFAULT_MAX_TRIALS = 20
DEFAULT_OBJECTIVE = "loss"


class CurrentRunNotBatchError(Exception):
    """The process does not belong to the run of a batch."""


class Run(object):
    """A run, given by its directory. objective is the result of a trial, or None."""

    def __init__(self, path, objective=None):
        self.dir = self.path = path
        self.id = os.path.basename(path)
        self.objective = objective
        self._attrs = None

    def get(self, name, default=None):
        """Return an attribute of the run."""
        if self._attrs is None:
            self._attrs = json.loads(_guild("sys", "attrs", self.dir))
        return self._attrs.get(name, default)

    def guild_path(self, *names):
        return os.path.join(self.dir, ".guild", *names)

    @property
    def batch_proto(self):
        proto = self.guild_path("proto")
        return Run(proto) if os.path.exists(proto) else None


def batch_run():
    """Return the batch whose optimizer is the current process."""
    path = os.environ.get("RUN_DIR")
    if not path:
        raise CurrentRunNotBatchError("no current run")
    run = Run(path)
    if run.batch_proto is None:
        raise CurrentRunNotBatchError("missing proto " + run.guild_path("proto"))
    return run


def run_trial(batch, flags):
    """Run a trial and return it. Flags not given are those of the batch. If the trial fails, SystemExit is raised."""
    fd, result = tempfile.mkstemp()
    os.close(fd)
    try:
        assigned = [name + "=" + json.dumps(value) for name, value in sorted(flags.items())]
        code = subprocess.call([_exe(), "sys", "trial", "--result", result] + assigned, env=dict(os.environ, RUN_DIR=batch.dir))
        if code:
            raise SystemExit(code)
        with open(result) as f:
            trial = json.load(f)
    finally:
        os.remove(result)
    return Run(trial["dir"], trial["objective"])


def objective_scalar(batch):
    """Return the column that the batch optimizes, and 1 to minimize or -1 to maximize it."""
    objective = batch.get("objective") or DEFAULT_OBJECTIVE
    return (objective[1:], -1) if objective.startswith("-") else (objective, 1)


def init_logging():
    """Configure Python's logging to use the format of Guild."""
    import logging

    logging.basicConfig(level=int(os.environ.get("LOG_LEVEL", "20")), format="%(levelname)s: [%(name)s] %(message)s")


def _exe():
    return os.environ["GUILD_EXE"]


def _guild(*args):
    return subprocess.check_output([_exe()] + list(args)).decode("utf-8")
