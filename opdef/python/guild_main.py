_USAGE = """Run a Python script with some of its globals set to other values.

Usage: guild_main.py globals JSON SCRIPT [ARG...]
       guild_main.py globals JSON -m MODULE [ARG...]
       guild_main.py global:NAME JSON ...
       guild_main.py debug SPEC (globals|global:NAME) JSON ...

JSON maps names to values. The assignment of such a name that counts, see
global_assignments, gets the value in place of its own; everything else is as if
Python ran the script itself, down to its tracebacks. With global:NAME, values
are set in the dict or namespace that the script first assigns to NAME: dots in
a name lead into dicts and namespaces within.

SPEC is JSON: break is a list of where pdb stops the script, as LINE, FILE:LINE
or MODULE.FUNCTION, and on_error tells whether it is started where the script
fails.
"""


def _main():
    debug = None
    if sys.argv[1:2] == ["debug"] and len(sys.argv) > 2:
        debug = json.loads(sys.argv[2])
        del sys.argv[1:3]
    dest = sys.argv[1] if len(sys.argv) > 3 else ""
    if dest != "globals" and not dest.startswith("global:"):
        sys.exit(_USAGE)
    _run(dest, json.loads(sys.argv[2]), sys.argv[3:], debug)


if __name__ == "__main__":
    _main()
elif __name__ == "__mp_main__":
    _run_spawned()
