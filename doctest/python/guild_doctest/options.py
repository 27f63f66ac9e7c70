"""Options of documents and examples, and the rules for skipping."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from typing import Dict, Mapping, Optional

#: The options set by a document or an example: maps an option's flag to whether it is on. An option not in the map is neither on nor off.
Options = Dict[int, bool]

STRIP_ANSI_FMT = doctest.register_optionflag("STRIP_ANSI_FMT")
STRIP_EXIT_0 = doctest.register_optionflag("STRIP_EXIT_0")
NORMALIZE_PATHS = doctest.register_optionflag("NORMALIZE_PATHS")  # for Windows, where guild does not run
NORMALIZE_PATHSEP = doctest.register_optionflag("NORMALIZE_PATHSEP")
STRICT = doctest.register_optionflag("STRICT")
KEEP_LF = doctest.register_optionflag("KEEP_LF")  # bash documents: keep the line breaks of a continued command

#: The options that are on by default.
DEFAULTS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | STRIP_ANSI_FMT | STRIP_EXIT_0 | NORMALIZE_PATHS

FIXME = doctest.register_optionflag("FIXME")
FIXME_CI = doctest.register_optionflag("FIXME_CI")
WINDOWS_ONLY = doctest.register_optionflag("WINDOWS_ONLY")
MACOS = doctest.register_optionflag("MACOS")
R = doctest.register_optionflag("R")
PY3 = doctest.register_optionflag("PY3")
TIMING_CRITICAL = doctest.register_optionflag("TIMING_CRITICAL")
GIT_LS_FILES_TARGET = doctest.register_optionflag("GIT_LS_FILES_TARGET")

#: Options for a minor version of Python 3.
PYTHON_MINORS = {doctest.register_optionflag("PY3%d" % minor): minor for minor in (7, 8, 9, 10, 11)}

# These skip nothing: guild does not run on Windows, and these versions of Python are never the running one.
for _name in ("FIXME_WINDOWS", "WINDOWS", "PY2", "PY2_MACOS", "PY35", "PY36"):
    doctest.register_optionflag(_name)

#: The first version of Git whose ls-files reports ignored files of a target directory.
LS_FILES_GIT = (2, 32)


def parse_options(text: str) -> Options:
    """Read words such as +NAME and -NAME, separated by blanks or commas."""
    options: Options = {}
    for word in text.replace(",", " ").split():
        flag = doctest.OPTIONFLAGS_BY_NAME.get(word[1:])
        if flag is None or word[0] not in "+-":
            raise ValueError("front matter has an invalid option: %r" % word)
        options[flag] = word[0] == "+"
    return options


class Host:
    """The facts about the machine that the rules for skipping need."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self.environ = environ
        self.platform = sys.platform
        self.python_minor = sys.version_info[1]
        self.cpus = os.cpu_count() or 1

    def has(self, command: str) -> bool:
        return shutil.which(command, path=self.environ.get("PATH")) is not None

    def git_version(self) -> Optional[str]:
        if not self.has("git"):
            return None
        return subprocess.run(["git", "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, universal_newlines=True).stdout

    def skips(self, options: Options) -> bool:
        """Return whether the options of a document or of an example skip it."""
        on = {flag for flag, is_on in options.items() if is_on}
        off = options.keys() - on
        return bool(
            {doctest.SKIP, FIXME, WINDOWS_ONLY} & on
            or (FIXME_CI in on and self.environ.get("GUILD_CI") == "1")
            or (R in on and not self.has("Rscript"))
            or (MACOS in off and self.platform == "darwin")
            or self._skips_python(options)
            or (TIMING_CRITICAL in options and options[TIMING_CRITICAL] != self._is_fast())
            or (GIT_LS_FILES_TARGET in options and options[GIT_LS_FILES_TARGET] != self._lists_targets())
        )

    def _skips_python(self, options: Options) -> bool:
        """The option for the running version overrides PY3."""
        for flag, minor in PYTHON_MINORS.items():
            if minor == self.python_minor and flag in options:
                return not options[flag]
        return options.get(PY3) is False

    def _is_fast(self) -> bool:
        least = self.environ.get("TIMING_MIN_CPUS", "")
        return self.cpus >= (int(least) if least.isdigit() else 4)

    def _lists_targets(self) -> bool:
        m = re.search(r"(\d+)\.(\d+)", self.git_version() or "")
        return m is not None and (int(m.group(1)), int(m.group(2))) >= LS_FILES_GIT
