"""The reference of the command line, read from the programs themselves."""

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import typer

_PROGRAMS = ("retina-studio", "python -m training")


def programs() -> dict[str, Any]:
    """The command groups of both programs, by what a person types."""
    from retina_studio.cli import app as studio  # noqa: PLC0415 - the applications are only needed here
    from training.cli import app as training  # noqa: PLC0415

    return dict(zip(_PROGRAMS, (typer.main.get_group(studio), typer.main.get_group(training)), strict=True))


def commands_page() -> str:
    """The page: every command of both programs, with its arguments and options."""
    lines = [
        "# Commands",
        "",
        "This page is made from the programs themselves. Each command also explains itself: write `--help` behind it.",
        "",
        "`retina-studio` alone, or `retina-studio STUDY`, opens the window. `retina-studio --version` says the "
        "version. A command ends with 0 when it did its work, with 1 or 2 when it refused (one sentence says why), "
        "and with 130 when it was interrupted.",
        "",
    ]
    for name, group in programs().items():
        lines += [f"## {name}", "", _text(group.help), ""]
        for words, command in walk(group):
            lines += _section(name, words, command)
    return "\n".join(lines)


def walk(group: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command below a group that does something, with the words that lead to it."""
    for name, command in sorted(group.commands.items()):
        below = getattr(command, "commands", None)
        if below is None or command.invoke_without_command:
            yield (*above, name), command
        if below is not None:
            yield from walk(command, (*above, name))


def _section(program: str, words: tuple[str, ...], command: Any) -> list[str]:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    usage = [_with_parent_argument(program, words), *map(_usage, arguments)]
    usage += ["[COMMAND]"] if getattr(command, "commands", None) else []
    usage += ["[OPTIONS]"] if options else []
    title = " ".join(words) if program == _PROGRAMS[0] else f"training {' '.join(words)}"
    lines = [f"### {title}", "", "```sh", " ".join(usage), "```", "", _text(command.help), ""]
    rows = [(f"`{_usage(argument)}`", _help(argument)) for argument in arguments]
    rows += [(_names(option), _help(option)) for option in options]
    if rows:
        lines += ["| | |", "| --- | --- |", *(f"| {left} | {right} |" for left, right in rows), ""]
    return lines


def _with_parent_argument(program: str, words: tuple[str, ...]) -> str:
    """Groups such as `graders` take the study before the command's own name."""
    group = programs()[program]
    path = [program, words[0]]
    for word in words[1:]:
        group = group.commands[path[-1]]
        path += [_usage(p) for p in group.params if p.param_type_name == "argument"]
        path.append(word)
    return " ".join(path)


def _usage(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _names(option: Any) -> str:
    return ", ".join(f"`{name}{'' if option.is_flag else ' ' + _metavar(option)}`" for name in option.opts)


def _metavar(option: Any) -> str:
    kinds = {int: "NUMBER", float: "NUMBER", Path: "PATH"}
    annotation = option.type_descriptor.annotation
    return str(option.metavar or kinds.get(annotation, "CHOICE" if _choices(annotation) else "TEXT"))


def _choices(annotation: Any) -> list[str]:
    is_enum = isinstance(annotation, type) and issubclass(annotation, Enum)
    return [str(entry.value) for entry in annotation] if is_enum else []


def _help(parameter: Any) -> str:
    words = _text(getattr(parameter, "help", None)).replace("|", "\\|")
    if parameter.param_type_name == "option":
        choices = _choices(parameter.type_descriptor.annotation)
        words += f" One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else ""
        default = getattr(parameter.default, "value", parameter.default)
        if default not in (None, False, "", ()) and not callable(default):
            words += f" Usually `{default}`."
        words += " **Needed.**" if parameter.required else ""
    return words.strip()


def _text(words: str | None) -> str:
    return re.sub(r"[ \t]*\n[ \t]*", "\n", (words or "").strip())
