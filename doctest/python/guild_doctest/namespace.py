"""The names that are defined in a document."""

from __future__ import annotations

import json
import os
import platform
import pprint
import re
import shutil
import sys
import time
from typing import Any, Dict, Iterable

from . import files, places, shell

#: Environment variables that, if set, are also text constants in acceptance documents.
UAT_CONSTANTS = ("WORKSPACE", "GUILD_HOME", "TEMP", "GUILD_PKG", "REQUIREMENTS_PATH", "EXAMPLES", "INDEX")


def namespace(here: places.Places) -> Dict[str, Any]:
    """The helpers of one document. os.environ must be that of the document."""
    names: Dict[str, Any] = {name: os.environ[name] for name in UAT_CONSTANTS if name in os.environ}
    names.update((f.__name__, f) for f in (
        os.path.abspath, os.path.basename, os.path.dirname, os.path.exists, os.path.isdir, os.path.isfile, os.path.islink,
        os.path.relpath, os.mkdir, os.symlink, pprint.pprint, time.sleep, shutil.which, json, os, re, sys, time,
        shell.run, shell.quiet, shell.run_capture, shell.RunError,
        here.mkdtemp, here.mktemp_guild_dir, here.tests_dir, here.samples_dir, here.sample, here.use_project,
        places.cd, places.example, places.examples_dir, places.guild_home, places.set_guild_home,
        places.Env, places.SetGuildHome, places.Chdir, places.Ignore,
        files.write, files.cat, files.cat_json, files.touch, files.ensure_dir, files.rm, files.rmdir, files.copyfile, files.copytree,
        files.make_executable, files.sha256, files.find, files.findl, files.realpath, files.compare_paths, files.diff,
        files.compare_dirs, files.shlex_quote, files.normlf,
        printl,
    ))
    names.update(__name__="__main__", _bash=shell.bash, SetCwd=places.Chdir, cwd=os.getcwd, dir=files.listdir, path=os.path.join,
                 join_path=os.path.join, PLATFORM=platform.system())
    try:
        import yaml
    except ImportError:
        pass  # documents that use it fail
    else:
        names["yaml"] = yaml
    return names


def printl(items: Iterable[Any]) -> None:
    for item in items:
        print(item)
