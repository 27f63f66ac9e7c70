import ast
import os
import shlex
import sys

# Conversion of parsers' options to flags.


def _type_name(kind):
    names = {int: "int", float: "float", str: "string", bool: "boolean"}
    try:
        return names.get(kind, "")
    except TypeError:  # not hashable
        return ""


def _plain(value):
    import enum

    if isinstance(value, enum.Enum):
        value = value.value
    if value is None or isinstance(value, (bool, int, float, str)):
        return encode_scalar(value)
    return str(value)


def _calls_quietly(kind, text):
    """Return (True, the type's value for the text), or (False, None) if the type rejects it."""
    try:
        return True, kind(text)
    except (Exception, SystemExit):
        return False, None


def _same(a, b):
    try:
        if type(a) is list and type(b) is list:
            return len(a) == len(b) and all(map(_same, a, b))
        return type(a) is type(b) and bool(a == b or a != a and b != b)
    except Exception:  # the script defines the comparison
        return False


def _text_for(kind, value):
    """Return a text that a custom type converts to the value, None if none is known."""
    import enum

    candidates = [value.value, value.name] if isinstance(value, enum.Enum) else []
    for candidate in candidates + [value]:
        text = str(candidate)
        known, read = _calls_quietly(kind, text)
        if known and _same(read, value):
            return text
    return None


_TRUTHS = ("True", "true", "yes", "1", "on", "y", "t")
_LIES = ("False", "false", "no", "0", "off", "n", "f", "")


def _boolean_texts(kind):
    """Return the texts that a type converts to True and to False, None if there are none."""
    found = []
    for texts, want in ((_TRUTHS, True), (_LIES, False)):
        for text in texts:
            known, read = _calls_quietly(kind, text)
            if known and isinstance(read, (bool, int)) and read == want:
                found.append(text)
                break
    return found if len(found) == 2 else None


def _is_custom(kind):
    return callable(kind) and not _type_name(kind)


def _set_boolean(flag, action, default):
    """Make an option boolean if its custom type converts texts to booleans. Return whether it does."""
    kind = action.type
    if isinstance(default, str):
        known, read = _calls_quietly(kind, default)  # as the parser will do
        if known and isinstance(read, bool):
            default = read
    named = "bool" in getattr(kind, "__name__", "").lower()
    if not isinstance(default, bool) and not (named and default is None):
        return False
    texts = _boolean_texts(kind)
    if texts is None:
        return False
    known, other = _calls_quietly(kind, "3")
    if not known or isinstance(other, bool):
        flag["type"] = "boolean"
    flag.update(default=default, encoding={"yes": texts[0], "no": texts[1]})
    if action.choices is not None:
        flag["choices"] = [_plain(c) for c in action.choices]
    return True


def _valued(action, parser, argparse):
    """Return the attributes of an option with one or more values."""
    default = None if action.default is argparse.SUPPRESS else action.default
    kind = action.type
    flag = {"type": _type_name(kind)}
    custom = _is_custom(kind) and not isinstance(kind, argparse.FileType)
    several = action.nargs in ("*", "+") or isinstance(action.nargs, int)
    if action.choices is not None:
        flag["choices"] = [_text_for(kind, c) or _plain(c) if custom else _plain(c) for c in action.choices]
    if custom and not several and _set_boolean(flag, action, default):
        return flag
    number = isinstance(default, (int, float)) and not isinstance(default, bool)
    if not flag["type"] and not (kind is not None and number) and not isinstance(default, bool):
        flag["text"] = True
    if type(action).__name__ in ("_AppendAction", "_ExtendAction"):
        default = None  # passing the default would append it to itself
    if several:
        flag["split"] = True
    flag["default"] = _default_text(default, kind if custom else None, action) if several else _default_value(default, kind, custom)
    excludes = any(action in group._group_actions for group in parser._mutually_exclusive_groups)
    if flag["default"] is not None and (excludes or not _is_read_back(flag["default"], default, action, parser, argparse)):
        flag["omit"] = True
    flag["default"] = _plain(flag["default"])
    return flag


def _default_value(default, kind, custom):
    """Return the default of an option with one value, None if it cannot be written as one of its type."""
    import enum

    if isinstance(default, (list, tuple, dict, set)):
        return None
    if kind in (int, float) and isinstance(default, bool) or kind is int and isinstance(default, float) and default.is_integer():
        default = int(default)
    if kind is int and isinstance(default, float) or isinstance(default, int) and abs(default) >= 1 << 63:
        return None
    if kind is str and isinstance(default, (int, float)):
        return str(_plain(default))
    if isinstance(default, (str, int, float)) and not isinstance(default, enum.Enum) or default is None:
        return default
    return _text_for(kind, default) if custom else _plain(default) if kind is None else None


def _default_text(default, custom, action):
    """Return the default of an option with several values, as words; None if it cannot be written."""
    if isinstance(default, str) and not _calls_quietly(shlex.split, default)[0]:
        return quote_word(default)
    if not isinstance(default, (list, tuple)):
        return default if default is None or isinstance(default, str) else _word_of(default, custom)
    words = [_word_of(d, custom) for d in default]
    return None if None in words or not words and action.nargs != "*" else " ".join(map(quote_word, words))


def _word_of(value, custom):
    import enum

    if custom is not None and (isinstance(value, enum.Enum) or not isinstance(value, (str, int, float))):
        return _text_for(custom, value)
    return str(_plain(value))


def _is_read_back(written, default, action, parser, argparse):
    """Return whether the parser makes the same value of a default that is passed to it as it makes without the option."""
    if type(action) is not argparse._StoreAction:  # no parser calls other actions with their default
        return False
    several, read = action.nargs not in (None, "?"), action.type or str
    known, words = _calls_quietly(shlex.split, str(written)) if several else (True, ["" if written is False else str(_plain(written))])
    if not known or any(_is_special(word, several, parser) for word in words):
        return False
    if isinstance(action.type, argparse.FileType):
        return not several and isinstance(default, str)  # the type would open files
    if isinstance(default, str):
        if not several:
            return True
        known, default = _calls_quietly(read, default)  # as the parser will do
    values = [value for known, value in (_calls_quietly(read, word) for word in words) if known]
    return len(values) == len(words) and _same(values if several else values[0], default)


def _is_special(word, several, parser):
    """Return whether a parser does not take a word for the value of an option, or for one of several."""
    if word[:1] in (parser.fromfile_prefix_chars or ()):
        return word != ""
    if not several:  # a dash at its beginning does no harm, since the word is joined to the option
        return word == "--"
    negative = parser._negative_number_matcher.match(word) and not parser._has_negative_number_optionals
    return word[:1] in parser.prefix_chars and word not in ("", "-") and not negative


def _constant(action, argparse):
    """Return the constant that an option without a value sets: True or False; None for any other."""
    if isinstance(action, (argparse._StoreTrueAction, argparse._StoreFalseAction, argparse._StoreConstAction)):
        return action.const if isinstance(action.const, bool) else None
    return None


def _is_both(action):
    return type(action).__name__ == "BooleanOptionalAction"


def _long_option(action):
    options = [o for o in action.option_strings if o.startswith("-")]
    return next((o for o in options if o.startswith("--")), options[0])


def _negative_option(action):
    return next((o for o in action.option_strings if o.startswith("--no-") or o.startswith("--no_")), None)


def _on_and_off(default, off):
    """Return the attributes of a switch with an opposite option."""
    flag = {"default": default if isinstance(default, bool) else None, "choices": [True, False], "switch": True}
    if default is True:
        flag.update(switch=False, arg=off)
    elif default is not False:  # the value without either option is unknown
        flag["off"] = off
    return flag


def _switch(action, argparse):
    """Return the attributes of an option without a value."""
    default = None if action.default is argparse.SUPPRESS else action.default
    if isinstance(action, argparse._StoreFalseAction):
        return {"default": True if default is None else bool(default), "choices": [True, False], "switch": False}
    if isinstance(action, argparse._StoreTrueAction):
        return {"default": bool(default), "choices": [True, False], "switch": True, "omit": bool(default)}
    return {"default": False, "choices": [True, False], "switch": True}


def _option_flag(action, parser, argparse):
    option = _long_option(action)
    flag = {"name": option.lstrip("-"), "required": bool(action.required)}
    if not option.startswith("--"):
        flag["arg"] = option
    no = _negative_option(action) if _is_both(action) else None
    if no:
        flag.update(_on_and_off(action.default, no))
    elif action.nargs == 0:
        flag.update(_switch(action, argparse))
    else:
        flag.update(_valued(action, parser, argparse))
    if action.help and action.help is not argparse.SUPPRESS:
        try:
            flag["help"] = action.help % dict(vars(action), prog=parser.prog)
        except (KeyError, TypeError, ValueError):
            flag["help"] = action.help
    return flag


def option_flags(parser, argparse):
    """Return the flags for the options of a parser."""
    skipped = (argparse._HelpAction, argparse._VersionAction, argparse._CountAction, argparse._AppendConstAction)
    by_dest, order = {}, []
    for action in parser._actions:
        options = [o for o in action.option_strings if o.startswith("-")]
        if not options or not _long_option(action).lstrip("-") or isinstance(action, skipped) or \
                action.nargs in (argparse.REMAINDER, argparse.PARSER):
            continue
        by_dest.setdefault(action.dest, []).append(action)
        order.append(action)
    flags = []
    for action in order:
        flag = _shared(action, by_dest[action.dest], parser, argparse)
        if flag is not None:
            flags.append(flag)
    return flags


def _shared(action, group, parser, argparse):
    """Return the flag for an option, None if another option with the same destination represents it."""
    flag = _option_flag(action, parser, argparse)
    if len(group) == 1:
        return flag
    constants = [_constant(a, argparse) for a in group]
    valued = next((a for a in group if a.nargs != 0 or _is_both(a)), None)
    if valued is None and len(group) == 2 and set(constants) == {True, False}:
        on, off = group[constants.index(True)], group[constants.index(False)]
        if action is off:
            return None
        both = _on_and_off(parser.get_default(on.dest), _long_option(off))
        flag.pop("arg", None) if both.get("arg") else None
        flag.update(both)
        return flag
    if valued is not None and action is not valued and constants[group.index(action)] is not None:
        boolean = _option_flag(valued, parser, argparse)
        if _is_both(valued) or boolean.get("type") == "boolean" or boolean.get("encoding"):
            return None
    if valued is None or action is not valued or any(a.nargs != 0 and a is not valued for a in group):
        # Several options set one value: only the given one is passed.
        flag["default"] = None
        if flag.get("switch") is not None:
            flag["choices"] = [flag["switch"]]
    elif not flag.get("encoding") and flag.get("type") != "boolean":
        flag["default"] = None
    return flag


# Options that were read from source code, not from a parser


def written_flags(options):
    """Return the flags for the result of written_options."""
    import argparse

    kinds = {"int": int, "float": float, "str": str, "bool": bool}
    parser = argparse.ArgumentParser(add_help=False, conflict_handler="resolve")
    whole = True
    for option in options:
        named = {k: v for k, v in option.items() if k not in ("options", "type", "unknown", "help")}
        if "help" in option:
            named["help"] = str(option["help"]).replace("%", "%%")
        action = named.get("action")
        if action in ("BooleanOptionalAction",):
            if not hasattr(argparse, action):
                continue
            named["action"] = getattr(argparse, action)
        kind = option.get("type")
        if kind in kinds:
            named["type"] = kinds[kind]
        elif kind and isinstance(named.get("default"), bool):
            named["type"] = lambda text: {"True": True, "False": False}[text]
        elif kind:
            named["type"] = lambda text: text
        try:
            parser.add_argument(*option["options"], **named)
        except (TypeError, ValueError, argparse.ArgumentError):
            whole = False
    return option_flags(parser, argparse), whole


# click and typer


def click_flag(param, click):
    options = [o for o in param.opts if o.startswith("-")]
    if not isinstance(param, click.Option) or not options or param.count:
        return None
    option = next((o for o in options if o.startswith("--")), options[0])
    flag = {"name": option.lstrip("-"), "required": bool(param.required)}
    if not option.startswith("--"):
        flag["arg"] = option
    default = param.default if isinstance(param.default, (bool, int, float, str, list, tuple)) else None
    if param.is_flag:
        if not isinstance(param.flag_value, bool):
            return None
        flag.update(type="boolean", default=bool(default), switch=True)
        if default and param.secondary_opts:
            flag.update(switch=False, arg=param.secondary_opts[0])
    elif param.multiple or param.nargs not in (None, 1):
        if param.multiple:
            return None  # flags cannot represent repeated options
        flag["split"] = True
        flag["default"] = " ".join(quote_word(str(d)) for d in default) if isinstance(default, (list, tuple)) else None
    else:
        flag["default"] = _plain(default)
        flag["choices"] = [_plain(c) for c in getattr(param.type, "choices", None) or []] or None
        flag["type"] = {"integer": "int", "float": "float", "text": "string", "boolean": "boolean"}.get(param.type.name, "")
        if flag["type"] == "boolean":
            flag["encoding"] = {"yes": "true", "no": "false"}
        elif not flag["type"] and not isinstance(default, (bool, int, float)):
            flag["text"] = True
    if param.help:
        flag["help"] = param.help
    return flag if flag["name"] else None


def click_flags(command, words, click):
    for word in words:
        command = getattr(command, "get_command", lambda _, __: None)(click.Context(command), word) or command
    flags = [click_flag(p, click) for p in command.params]
    return [f for f in flags if f]


# fire


def fire_flags(component, words):
    """Return the flags for the parameters of the function that fire calls: the component, or the member that the words name."""
    import inspect

    for word in words:
        name = word.replace("-", "_")
        inner = component.get(word) if isinstance(component, dict) else getattr(component, name, None)
        if inner is None:
            break
        component = inner
    try:
        parameters = inspect.signature(component).parameters.values()
    except (TypeError, ValueError):
        return []
    flags = []
    for p in parameters:
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD, p.POSITIONAL_ONLY) or p.name == "self":
            continue
        flag = {"name": p.name, "required": p.default is p.empty, "encoding": {"yes": "True", "no": "False"}}
        if isinstance(p.default, bool):
            flag.update(type="boolean", default=p.default)
        elif isinstance(p.default, (int, float)) or isinstance(p.default, str) and not looks_typed(p.default):
            flag["default"] = encode_scalar(p.default)
        flags.append(flag)
    return flags


