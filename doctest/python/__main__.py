"""Start the program that runs a document. This file must be readable by versions of Python that are too old for the others."""

import json
import os
import sys

if sys.version_info < (3, 8):
    error = "Python 3.8 or later is needed, and python3 is %d.%d" % sys.version_info[:2]
    os.write(3, json.dumps({"error": error}).encode("ascii"))
    sys.exit(0)

from guild_doctest.main import main  # noqa: E402

main(sys.argv[1])
