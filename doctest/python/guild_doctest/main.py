"""The program: it reads a job from a file, runs one document and writes the results as lines of JSON.

Standard input delivers nothing and stays open while the document may run. Commands of the document inherit it.
"""

from __future__ import annotations

import base64
import doctest
import json
import os
import sys
from typing import Any, Callable, Dict

from .namespace import namespace
from .options import Host, parse_options
from .places import Places
from .runner import Runner, document
from .shell import end_with_parent

INPUT, RESULTS = 0, 3  # file descriptors


def main(path: str) -> None:
    os.set_inheritable(RESULTS, False)
    results = os.fdopen(RESULTS, "w", encoding="ascii")

    def report(**event: Any) -> None:
        results.write(json.dumps(event) + "\n")
        results.flush()

    end_with_parent(INPUT)
    sys.path.pop(0)  # documents must not import from the directory of this program
    with open(path, encoding="utf-8") as f:
        job = json.load(f)
    os.remove(path)  # it holds the environment
    try:
        run(job, report)
    except (OSError, ValueError) as e:
        report(error=str(e))
    sys.stdout.flush()
    os._exit(0)  # do not wait for threads that the document left behind


def run(job: Dict[str, Any], report: Callable[..., None]) -> None:
    # The environment comes with the job: wrappers of Python and Python itself have changed that of the process.
    os.environ.clear()
    for entry in job["env"]:
        name, _, value = base64.b64decode(entry).partition(b"=")
        if name:
            os.environb[name] = value
    os.chdir(job["dir"])
    here = Places(job["dir"], job["samples"], job["temp"])
    if not os.environ.get("GUILD_HOME"):
        os.environ["GUILD_HOME"] = here.mktemp_guild_dir()
    options = parse_options(job["options"])
    test = document(job["text"], job["kind"], namespace(here), job["path"])
    if Host().skips(options) and not (job["force"] or os.environ.get("FORCE_TEST") == "1"):
        return report(skipped=True)
    flags = 0
    if job["fail_fast"]:
        flags |= doctest.FAIL_FAST
    if job["udiff"]:
        flags |= doctest.REPORT_UDIFF
    if os.environ.get("REPORT_ONLY_FIRST_FAILURE") == "1":
        flags |= doctest.REPORT_ONLY_FIRST_FAILURE
    report(counts=Runner(job["kind"], flags, report).run_document(test))
