"""The building blocks of the command line: parsers, commands, and the options of every command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from thrumsg_tui.domain.safe_text import safe_text

if TYPE_CHECKING:
    from thrumsg_tui.store.location import Location

ArgumentCheck = Callable[[argparse.Namespace], str | None]
"""Returns what is wrong with a combination of options, or None."""


class _Formatter(argparse.HelpFormatter):
    """A formatter that knows the width of the terminal by itself.

    argparse makes one for each option and asks `shutil`, which loads three compression libraries: 2 ms of each command.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    """Return the width of the terminal as `shutil.get_terminal_size` does."""
    with suppress(KeyError, ValueError):
        if (given := int(os.environ["COLUMNS"])) > 0:
            return given
    with suppress(AttributeError, ValueError, OSError):  # closed, detached, or no terminal
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    return 80


class Parser(argparse.ArgumentParser):
    """A parser that takes no abbreviations, and prints typed text with `safe_text`."""

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings, allow_abbrev=False, formatter_class=_Formatter)  # type: ignore[arg-type]

    def parse_known_args(  # type: ignore[override]  # it is never called without words
        self, args: Sequence[str], namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse words, at this level; argparse calls this for the command that they name, too."""
        return super().parse_known_args(self._with_values(args), namespace)

    def _with_values(self, words: Sequence[str]) -> list[str]:
        """Join a value that begins with one dash to its option: argparse takes the `-no` of `--body -no` for one."""
        takes_one = {name: option.nargs is None for option in self._actions for name in option.option_strings}
        joined: list[str] = []
        for word in words:
            is_value = word.startswith("-") and not _is_long(word) and word not in takes_one
            if is_value and joined and takes_one.get(joined[-1]) and "--" not in joined:
                joined[-1] += f"={word}"
            else:
                joined.append(word)
        return joined

    def error(self, message: str) -> NoReturn:
        """Print the usage and the message, and exit with 2."""
        self.exit(2, f"{self.format_usage()}{self.prog}: {safe_text(message)}\n")


def _is_long(word: str) -> bool:
    """Whether a word that starts with a dash is a long option, or the end of the options."""
    return word == "--" or (word.startswith("--") and "a" <= word[2:3] <= "z")


class VersionAction(argparse._VersionAction):
    """Prints the version, and what a report of a fault needs; they are found out only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print them and exit."""
        from thrumsg_tui.cli.output import standard_output
        from thrumsg_tui.cli.version import version_lines

        with standard_output() as out:
            print("\n".join(version_lines()), file=out)
        parser.exit()


class CommandParser(Parser):
    """The parser of a command, which costs nothing before it is used.

    Until argparse or a document first reads an attribute of it, it has none. To make the parsers of all commands takes
    longer than most commands.
    """

    def __init__(self, arguments: Callable[[Parser], None], **settings: object) -> None:
        self._to_be_made = arguments, settings

    def __getattr__(self, name: str) -> Any:
        if (to_be_made := self.__dict__.pop("_to_be_made", None)) is None:
            raise AttributeError(name)
        arguments, settings = to_be_made
        super().__init__(**settings, parents=[global_options()])
        arguments(self)
        return getattr(self, name)


def global_options() -> Parser:
    """Return the parser of the options that may stand before and after the command.

    They have no defaults: a default after the command would overwrite a value given before it.
    """
    parent = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    options = parent.add_argument_group("everywhere")
    where = "the database: a file, or postgresql://HOST/NAME (default: THRUMSG_DB, else your own)"
    options.add_argument("--db", type=location, metavar="DATABASE", help=where)
    options.add_argument("--as", dest="acting_for", metavar="LOGIN", help="act for another user")
    options.add_argument("--forced-login", metavar="LOGIN", help=argparse.SUPPRESS)
    options.add_argument("--json", action="store_true", help="print JSON, for scripts")
    return parent


def location(text: str) -> Location:
    """Parse what names a database: a file, or the address of a server."""
    from thrumsg_tui.store.location import read_location  # not for --help

    return read_location(text)


class Commands:
    """The commands at one level, or within a group such as `campaign`."""

    def __init__(self, parser: Parser, *, required: bool) -> None:
        self._level = parser.add_subparsers(
            title="commands", metavar="COMMAND", required=required, prog=parser.prog, parser_class=CommandParser
        )

    def add(self, name: str, run: str, explanation: str, arguments: str = "") -> None:
        """Add a command.

        Args:
            name: The word that is typed.
            run: Its function, as `module.function` in this package. It is imported when the command runs, so that
                `--help` loads no store.
            explanation: The help text.
            arguments: The function that adds its options and arguments to its parser, in the same form. It is imported
                when the command is chosen. It may set two defaults: `check`, an `ArgumentCheck`, and `late`, the name
                of an optional positional argument that may also stand after options.
        """

        def fill(parser: Parser) -> None:
            _set_run(parser, run)
            if arguments:
                function(arguments)(parser)

        self._add(name, explanation, fill)

    def group(
        self, name: str, explanation: str, commands: Callable[[Commands], None], *, alone: str | None = None
    ) -> None:
        """Add a group, to which `commands` adds commands; its name alone runs the function `alone`, if it is given."""

        def fill(parser: Parser) -> None:
            if alone is not None:
                _set_run(parser, alone)
            commands(Commands(parser, required=alone is None))

        self._add(name, explanation, fill)

    def _add(self, name: str, explanation: str, fill: Callable[[Parser], None]) -> None:
        self._level.add_parser(name, help=explanation, description=explanation, arguments=fill)


def _set_run(parser: Parser, run: str) -> None:
    parser.set_defaults(run=run, check=None, late=None, usage_error=parser.error)


def function(name: str) -> Callable[..., Any]:
    """Return a function of this package that is named as `module.function`."""
    module, _, its_name = name.rpartition(".")
    found: Callable[..., Any] = getattr(import_module(f"thrumsg_tui.cli.{module}"), its_name)
    return found
