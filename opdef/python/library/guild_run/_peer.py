"""The process of a run of a function: it asks the process that defines the function to execute it, and relays its output."""
import json
import os
import socket
import subprocess
import sys


def main():
    address = os.environ.get("GUILD_FUNCTION_SOCKET")
    run = os.environ["RUN_DIR"]
    s = socket.socket(socket.AF_UNIX)
    try:
        s.connect(address or "")
    except OSError:
        sys.exit("the run of a function cannot be started again: call guild.run(FUNCTION, ...) once more")
    attrs = json.loads(subprocess.check_output([os.environ["GUILD_EXE"], "sys", "attrs", run]).decode("utf-8"))
    stream = s.makefile("rw", encoding="utf-8", newline="\n")
    stream.write(json.dumps({"dir": run, "flags": attrs.get("flags") or {}}) + "\n")
    stream.flush()
    for line in stream:
        message = json.loads(line)
        if "exit" in message:
            sys.exit(message["exit"])
        sys.stdout.write(message["out"])
        sys.stdout.flush()
    sys.exit("the process that has the function ended")


if __name__ == "__main__":
    main()
