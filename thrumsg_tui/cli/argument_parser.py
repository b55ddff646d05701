"""What the command line is put together from: parsers, commands, and the options that every command has."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from thrumsg_tui.domain.safe_text import safe_text

_DASHED = re.compile(r"-(?!-[a-z]|-$)")
"""The beginning of words that are no long option."""

ArgumentCheck = Callable[[argparse.Namespace], str | None]
"""Says what is wrong with options that do not go together, None if nothing."""


class Parser(argparse.ArgumentParser):
    """A parser that takes no abbreviations, and repeats what was typed harmlessly."""

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings, allow_abbrev=False)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Explain the usage and exit with 2."""
        self.exit(2, f"{self.format_usage()}{self.prog}: {safe_text(message)}\n")


def global_options() -> Parser:
    """The options that are taken before and after the command; a default would undo the one given before."""
    parent = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    options = parent.add_argument_group("everywhere")
    options.add_argument("--db", type=Path, metavar="PATH", help="the database (else THRUMSG_DB, else your own)")
    options.add_argument("--as", dest="acting_for", metavar="LOGIN", help="act for another user")
    options.add_argument("--forced-login", metavar="LOGIN", help=argparse.SUPPRESS)
    options.add_argument("--json", action="store_true", help="print JSON, for scripts")
    return parent


def with_values(parser: Parser, words: Sequence[str]) -> list[str]:
    """Join a value that begins with one dash to its option, as in `--body -no`, where argparse would see an option."""
    options: dict[str, bool] = {}
    for option in _every_option(parser):
        takes_one = option.nargs is None
        options |= {name: takes_one and options.get(name, True) for name in option.option_strings}
    joined: list[str] = []
    for word in words:
        is_value = _DASHED.match(word) and word not in options
        if is_value and joined and options.get(joined[-1]) and "--" not in joined:
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _every_option(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        if action.option_strings:
            yield action
        elif isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _every_option(below)


class Commands:
    """The commands at one level, or within a group such as `campaign`."""

    def __init__(self, parser: Parser, *, required: bool) -> None:
        self._level = parser.add_subparsers(title="commands", metavar="COMMAND", required=required, parser_class=Parser)

    def add(
        self, name: str, run: str, explanation: str, *, check: ArgumentCheck | None = None, late: str | None = None
    ) -> Parser:
        """Add a command.

        `run` is its function, as `module.function` in this package: it is imported when it is run, so that `--help`
        loads no store. `late` is a positional that may be left out, and may stand after options.
        """
        parser = self._added(name, explanation)
        parser.set_defaults(run=run, check=check, late=late, usage_error=parser.error)
        return parser

    def group(self, name: str, explanation: str) -> Commands:
        """Add a word that commands follow."""
        return Commands(self._added(name, explanation), required=True)

    def _added(self, name: str, explanation: str) -> Parser:
        return self._level.add_parser(name, help=explanation, description=explanation, parents=[global_options()])
