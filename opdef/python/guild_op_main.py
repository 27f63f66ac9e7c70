_USAGE = """Run a Python script or module with its flags.

Usage: python -um guild.op_main MODULE [ARG...] [--] [--NAME VALUE]...

MODULE is the path of a script without .py, or the name of a module that Python
can import; guild.pass only prints its arguments. The variable FLAGS_DEST tells
what the names are: with args, options of the module; with globals, assignments
of the script that get other values; with global:NAME, items of the dict or
namespace that the script assigns to NAME. For the latter two, VALUE is JSON, or
else a string.
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


def _split(words):
    """Return the arguments and the flags, which the last -- separates, or else the first word that begins with it."""
    if "--" in words:
        end = len(words) - 1 - words[::-1].index("--")
        return words[:end], words[end + 1:]
    end = next((i for i, word in enumerate(words) if word.startswith("--")), len(words))
    return words[:end], words[end:]


def _main():
    if len(sys.argv) < 2:
        sys.exit(_USAGE)
    module = sys.argv[1]
    args, flags = _split(sys.argv[2:])
    dest, values = os.environ.get("FLAGS_DEST", "globals"), {}
    if dest.partition(":")[0] == "args":
        args += flags
    else:
        values = {name[2:]: _value(text) for name, text in zip(flags[::2], flags[1::2])}
    if module == "guild.pass":
        import shlex

        if args:
            print(" ".join(map(shlex.quote, args)))
        return
    sys.modules.pop("guild", None)  # it was not imported for the script, see guild/__init__.py
    _run(dest, values, _target(module) + args)


if __name__ == "__main__":
    _main()
elif __name__ == "__mp_main__":
    _run_spawned()
