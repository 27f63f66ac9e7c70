_USAGE = """Run a Python script or module with its flags.

Usage: python -um guild.op_main MODULE [ARG...] -- [--NAME VALUE]...

MODULE is the path of a script without .py, or the name of a module that Python
can import. The variable FLAGS_DEST tells what the names are: with globals, the
assignments of the script that get other values, and with global:NAME, items of
the dict or namespace that the script assigns to NAME. VALUE is JSON; what is
not JSON is a string. The module guild.pass only prints its arguments, to which
options belong with the destination args.
"""


def _value(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


def _target(module):
    """Return what Python gets on its command line to run a module: a script, or -m and its name."""
    if os.path.isfile(module + ".py"):
        return [os.path.normpath(module + ".py")]
    if module.startswith(("/", "./")) and os.path.isfile(module):
        return [os.path.normpath(module)]
    return ["-m", module]


def _main():
    if len(sys.argv) < 2 or "--" not in sys.argv[2:]:
        sys.exit(_USAGE)
    end = len(sys.argv) - 1 - sys.argv[::-1].index("--")
    module, args, flags = sys.argv[1], sys.argv[2:end], sys.argv[end + 1:]
    dest = os.environ.get("FLAGS_DEST", "globals")
    if module == "guild.pass":
        import shlex

        if dest.partition(":")[0] == "args":
            args += flags
        if args:
            print(" ".join(map(shlex.quote, args)))
        return
    values = {name[2:]: _value(text) for name, text in zip(flags[::2], flags[1::2])}
    sys.modules.pop("guild", None)  # it was not imported for the script, see guild/__init__.py
    _run(dest, values, _target(module) + args)


if __name__ == "__main__":
    _main()
elif __name__ == "__mp_main__":
    _run_spawned()
