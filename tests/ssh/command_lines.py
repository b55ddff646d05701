"""Command lines for every command and option, made from the parser, so that new ones are covered."""

from __future__ import annotations

import argparse
import shlex
from argparse import ArgumentTypeError
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.roles import ANN, OAKLAND
from thrumsg_tui.cli.parser import build_parser

_EVERYWHERE = {"help", "version", "db", "acting_for", "forced_login", "json"}

_TEXTS = {
    "login": "lee",
    "logins": "lee",
    "to": "lee",
    "source": "lee",
    "sender": "lee",
    "person": "lee",
    "phone": ANN,
    "phones": ANN,
    "number": OAKLAND,
    "numbers": OAKLAND,
    "new_number": OAKLAND,
    "question": "Will you vote?",
    "choice": "Yes",
    "title": "Where",
    "follow_up": "Reminder",
    "region": "US",
    "search": "Otieno",
    "key": "organization",
    "host": "127.0.0.1",
}
"""What is written for a text, by the name of its argument; `Spring` for any other."""

_TYPED = ("3", "2030-11-03", "09:00", "UTC", "needs-reply", "A=B", "https://example.org/a.png", "owner", "1.5")
"""What is written for a value with a type: the first that it takes. 3 is a conversation of Lee's."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command with one of its options, or with none but what it requires."""

    command: tuple[str, ...]
    option: str
    words: tuple[str, ...]
    names_files: bool

    def __str__(self) -> str:
        return shlex.join(self.words)


def command_lines(file: str) -> Iterator[CommandLine]:
    """Yield every command with what it requires, then once with each of its options.

    Args:
        file: What is written where a file is named.
    """
    for command, parser in _commands(build_parser()):
        arguments = [each for each in parser._actions if each.dest not in _EVERYWHERE]
        needed = [each for each in arguments if each.required and each.nargs != "?"]
        base = [word for each in needed for word in _written(each, file)]
        base_names = any(map(_is_path, needed))
        yield CommandLine(command, "", (*command, *base), base_names)
        for each in arguments:
            if each not in needed:
                words = (*command, *base, *_written(each, file))
                yield CommandLine(command, _name(each), words, base_names or _is_path(each))


def _commands(
    parser: argparse.ArgumentParser, before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    levels = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    if not levels:
        yield before, parser
    for level in levels:
        for name, below in level.choices.items():
            yield from _commands(below, (*before, name))


def _name(argument: argparse.Action) -> str:
    return argument.option_strings[-1] if argument.option_strings else argument.dest


def _is_path(argument: argparse.Action) -> bool:
    return isinstance(argument.type, type) and issubclass(argument.type, Path)


def _written(argument: argparse.Action, file: str) -> list[str]:
    option = list(argument.option_strings[-1:])
    return option if argument.nargs == 0 else [*option, _value(argument, file)]


def _value(argument: argparse.Action, file: str) -> str:
    if argument.choices:
        return str(next(iter(argument.choices)))
    if _is_path(argument):
        return file
    if argument.type is None:
        return _TEXTS.get(argument.dest, "Spring")
    for value in _TYPED:
        try:
            argument.type(value)  # type: ignore[operator]  # only functions are given
        except (ArgumentTypeError, ValueError):
            continue
        return value
    raise AssertionError(f"add a value to _TYPED that {_name(argument)} takes")
