import ast
import os
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
        return type(a) is type(b) and bool(a == b)
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
    return True


def _valued(action, argparse):
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
        if isinstance(default, (list, tuple)):
            words = [_word_of(d, kind if custom else None) for d in default]
            empty = not words and action.nargs != "*"
            default = None if empty or None in words else " ".join(map(quote_word, words))
        elif default is not None and not isinstance(default, str):
            default = _word_of(default, kind if custom else None)
    elif isinstance(default, (list, tuple, dict, set)):
        default = None
    elif default is not None and not isinstance(default, (str, int, float)):
        default = _text_for(kind, default) if custom else str(_plain(default)) if kind is None else None
    flag["default"] = _plain(default)
    return flag


def _word_of(value, custom):
    if custom is not None and not isinstance(value, (str, int, float)):
        return _text_for(custom, value)
    return str(_plain(value))


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
        return {"default": bool(default), "choices": [True, False], "switch": True}
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
        flag.update(_valued(action, argparse))
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


