"""The building blocks of the command line: parsers, commands, and the options of every command."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from thrumsg_tui.domain.safe_text import safe_text

_DASHED = re.compile(r"-(?!-[a-z]|-$)")
"""The beginning of a word that starts with one dash and is not a long option."""

ArgumentCheck = Callable[[argparse.Namespace], str | None]
"""Returns what is wrong with a combination of options, or None."""


class Parser(argparse.ArgumentParser):
    """A parser that takes no abbreviations, and prints typed text with `safe_text`."""

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings, allow_abbrev=False)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Print the usage and the message, and exit with 2."""
        self.exit(2, f"{self.format_usage()}{self.prog}: {safe_text(message)}\n")


def global_options() -> Parser:
    """Return the parser of the options that may stand before and after the command.

    They have no defaults: a default after the command would overwrite a value given before it.
    """
    parent = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    options = parent.add_argument_group("everywhere")
    options.add_argument("--db", type=Path, metavar="PATH", help="the database (default: THRUMSG_DB, else your own)")
    options.add_argument("--as", dest="acting_for", metavar="LOGIN", help="act for another user")
    options.add_argument("--forced-login", metavar="LOGIN", help=argparse.SUPPRESS)
    options.add_argument("--json", action="store_true", help="print JSON, for scripts")
    return parent


def with_values(parser: Parser, words: Sequence[str]) -> list[str]:
    """Join a value that begins with one dash to its option: argparse takes the `-no` of `--body -no` for an option."""
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

        Args:
            name: The word that is typed.
            run: Its function, as `module.function` in this package. It is imported when the command runs, so that
                `--help` loads no store.
            explanation: The help text.
            check: Finds options that do not go together.
            late: The name of an optional positional argument that may also stand after options.
        """
        parser = self._added(name, explanation)
        parser.set_defaults(run=run, check=check, late=late, usage_error=parser.error)
        return parser

    def group(self, name: str, explanation: str, *, alone: str | None = None) -> Commands:
        """Add a group of commands, and return it; its name alone runs the function `alone`, if that is given."""
        parser = self._added(name, explanation)
        if alone is not None:
            parser.set_defaults(run=alone, check=None, late=None, usage_error=parser.error)
        return Commands(parser, required=alone is None)

    def _added(self, name: str, explanation: str) -> Parser:
        return self._level.add_parser(name, help=explanation, description=explanation, parents=[global_options()])
