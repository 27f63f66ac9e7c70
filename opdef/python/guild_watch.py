import os
import sys

# Running a script up to where it reads its arguments.

_MOST_SECONDS = 60  # between the first of several parsers and the last


class Arguments(list):
    """The arguments of the script, which notice that it replaces some of them."""

    changed = False

    def __setitem__(self, place, value):
        self.changed = self.changed or place != 0  # runpy sets the name of the script
        list.__setitem__(self, place, value)

    def __delitem__(self, place):
        self.changed = True
        list.__delitem__(self, place)


class Watch(object):
    """Records the parsers of a script, and ends the process when the last one is about to read the arguments."""

    def __init__(self, request, reply):
        self.request, self.reply = request, reply
        self.argv = Arguments([request["path"]] + request["args"])
        self.found = {}  # by name, flags of parsers that have parsed their arguments
        self.rests = []  # the arguments that those parsers did not know
        self.busy = False
        self.timer = None
        self.sources = {}
        self.opened = set()

    def end(self, flags, parsed=True):
        """Report the flags and end the process, without the script's cleanup."""
        self.reply({"dest": "args", "flags": flags, "parsed": parsed, "files": local_files(self.request, self.opened)})
        os._exit(0)

    def end_with_found(self):
        self.end(list(self.found.values()), bool(self.found))

    # What the script does

    def local_frames(self, frame):
        """Return the frames of the project's code below which a library is not being imported."""
        frames = []
        while frame is not None:
            name = frame.f_code.co_filename
            if is_local(name, self.request):
                frames.append(frame)
            elif "importlib" in name and not frames:
                return []
            frame = frame.f_back
        return frames

    def is_own(self, frame):
        """Return whether the script, not a library that is being imported, requested the parsing."""
        while frame is not None:
            name = frame.f_code.co_filename
            if is_local(name, self.request):
                return True
            if "importlib" in name:
                return False
            frame = frame.f_back
        return True

    def is_inner(self, parser, frame, argparse):
        """Return whether another parser called this one for a part of its work."""
        while frame is not None and not is_local(frame.f_code.co_filename, self.request):
            outer = frame.f_locals.get("self")
            if isinstance(outer, argparse.ArgumentParser) and outer is not parser:
                return True
            frame = frame.f_back
        return False

    def source(self, path):
        path = os.path.abspath(path)
        if path not in self.sources:
            try:
                self.sources[path] = SourceFile(path)
            except (OSError, SyntaxError, ValueError):
                self.sources[path] = None
        return self.sources[path]

    def parses_again(self, frame):
        """Return whether the project's running code will read arguments again."""
        for f in local_files(self.request, ()):
            self.source(f["path"])
        frames = self.local_frames(frame)
        for f in frames:
            self.source(f.f_code.co_filename)
        names = parsing_names([s for s in self.sources.values() if s])
        for f in frames:
            source = self.source(f.f_code.co_filename)
            if source is None:
                continue
            body = source.tree.body
            if f.f_code.co_name != "<module>":
                body = next((n.body for n in source.functions.get(f.f_code.co_name, ())
                             if n.lineno <= f.f_lineno <= n.end_lineno), [])
            if _called(statements_after(body, f.f_lineno)) & (names - {f.f_code.co_name}):
                return True
        return False

    # argparse and libraries based on it

    def watch_argparse(self, argparse):
        for name in ("parse_known_args", "parse_known_intermixed_args"):
            if hasattr(argparse.ArgumentParser, name):
                setattr(argparse.ArgumentParser, name, self.reporting(getattr(argparse.ArgumentParser, name), argparse))
        for name in ("print_help", "print_usage"):
            setattr(argparse.ArgumentParser, name, self.noting(getattr(argparse.ArgumentParser, name), argparse))

    def noting(self, show, argparse):
        """Note the options of a parser that a script describes, which is all that some do without arguments."""
        def note(parser, *args, **named):
            if not self.busy and self.is_own(sys._getframe(1)):
                self.found.update((f["name"], f) for f in option_flags(parser, argparse))
            return show(parser, *args, **named)

        return note

    def has_new_arguments(self):
        """Return whether the script has replaced its arguments, as it does to leave some of them to another parser."""
        return sys.argv is not self.argv or self.argv.changed

    def reporting(self, parse, argparse):
        def report(parser, args=None, namespace=None, **named):
            frame = sys._getframe(1)
            rest = args is not None and any(args is r for r in self.rests)
            whole = args is None or rest or list(args) == sys.argv[1:]
            if self.busy or not whole or not self.is_own(frame) or self.is_inner(parser, frame, argparse):
                return parse(parser, args, namespace, **named)
            strict = self.is_strict(frame, argparse)
            flags = option_flags(sub_parser(parser, self.request["args"], argparse), argparse)
            if strict or not self.parses_again(frame):
                if not strict or rest or self.has_new_arguments():
                    flags = self.with_found(flags)
                elif self.found:  # the parser gets all arguments, and rejects those of others
                    flags = self.with_found(flags, {f["name"] for f in flags})
                self.end(flags)
            for flag in flags:
                self.found[flag["name"]] = dict(flag, early=True)
            return self.lenient(parse, parser, args, namespace, named)

        return report

    def with_found(self, flags, only=None):
        """Return the flags, preceded by those of earlier parsers, or only by those with the given names."""
        names = [f["name"] for f in flags]
        for flag in flags:
            if flag["name"] in self.found:
                flag["early"] = True
        earlier = [f for n, f in self.found.items() if n not in names and (only is None or n in only)]
        return earlier + flags

    def is_strict(self, frame, argparse):
        """Return whether the parser rejects unknown arguments."""
        while frame is not None and not is_local(frame.f_code.co_filename, self.request):
            if frame.f_code.co_name in ("parse_args", "parse_intermixed_args"):
                return True
            frame = frame.f_back
        return False

    def lenient(self, parse, parser, args, namespace, named):
        """Parse with all required options made optional."""
        required = [thing for thing in parser._actions + parser._mutually_exclusive_groups if thing.required]
        self.busy = True
        try:
            for thing in required:
                thing.required = False
            result = parse(parser, args, namespace, **named)
        except SystemExit:
            self.end_with_found()
        finally:
            for thing in required:
                thing.required = True
            self.busy = False
        self.rests.append(result[1])
        self.limit()
        return result

    def limit(self):
        """End the script after a while: if it does not reach the expected next parser, it must not do its work."""
        import threading

        if self.timer is None:
            self.timer = threading.Timer(_MOST_SECONDS, self.end_with_found)
            self.timer.daemon = True
            self.timer.start()

    # Others

    def watch_click(self):
        """Make a command report its flags in place of running."""
        try:
            import click
        except ImportError:
            return  # the script itself reports the missing module
        watch = self

        def report(command, *args, **named):
            watch.end(click_flags(command, watch.request["args"], click))

        classes = [vars(click.core).get(name, object) for name in ("BaseCommand", "Command")]
        typer_core = sys.modules.get("typer.core")
        if typer_core is not None:
            classes += [vars(typer_core).get(name, object) for name in ("TyperCommand", "TyperGroup")]
        for cls in classes:
            if "main" in vars(cls):
                cls.main = report

    def watch_fire(self):
        try:
            import fire
        except ImportError:
            return

        def report(component=None, command=None, *args, **named):
            if component is None:
                component = sys._getframe(1).f_globals
            words = command.split() if isinstance(command, str) else command or self.request["args"]
            self.end(fire_flags(component, words))

        fire.Fire = report
        if "fire.core" in sys.modules:
            sys.modules["fire.core"].Fire = report

    def watch_tyro(self, argparse):
        try:
            import tyro
        except ImportError:
            return

        def report(f, *args, **named):
            names = ("prog", "description", "default", "config", "use_underscores")
            parser = tyro.extras.get_parser(f, **{k: v for k, v in named.items() if k in names})
            self.end(option_flags(sub_parser(parser, self.request["args"], argparse), argparse))

        tyro.cli = report
        for module in list(sys.modules.values()):
            if getattr(module, "__name__", "") == "tyro._cli":
                module.cli = report

    def watch_files(self):
        """Record the project's files that are read, since the options may depend on them."""
        if not hasattr(sys, "addaudithook"):
            return

        def hook(event, args):
            if event == "open" and isinstance(args[0], str) and not (isinstance(args[1], str) and set(args[1]) & set("wax+")):
                if is_local(args[0], self.request):
                    self.opened.add(os.path.abspath(args[0]))

        sys.addaudithook(hook)


def sub_parser(parser, words, argparse):
    """Return the parser of the subcommand that the words name."""
    for word in words:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction) and word in action.choices:
                parser = action.choices[word]
                break
    return parser


def is_local(path, request):
    """Return whether the file belongs to the project and not to a package installed below it."""
    path = os.path.abspath(path)
    for directory in source_dirs(request):
        prefix = os.path.join(directory, "")
        if path.startswith(prefix) and "site-packages" not in path[len(prefix):] and "dist-packages" not in path[len(prefix):]:
            return True
    return False


def source_dirs(request):
    """Return the directories that the project imports from, in the order of sys.path."""
    first = request["dir"] if request["module"] else os.path.dirname(request["path"])
    dirs = [first] + [d for d in [request["dir"]] + request["python_path"] if d != first]
    return [os.path.abspath(d) for d in dirs]


def local_files(request, more):
    """Return the project's files that were imported or are given, with size and time."""
    paths = set(more)
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if isinstance(path, str) and is_local(path, request):
            paths.add(os.path.abspath(path))
    return file_stamps(paths - {request["path"]})


def file_stamps(paths):
    files = []
    for path in sorted(paths):
        try:
            info = os.stat(path)
        except OSError:
            continue
        files.append({"path": path, "size": info.st_size, "mtime": info.st_mtime_ns})
    return files


