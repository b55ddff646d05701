"""The manual page, for `man thrumsg`, in the macros of man(7)."""

from __future__ import annotations

import re
from argparse import Action, ArgumentParser
from collections.abc import Iterator

from scripts.command_line import EXITS, PLACEHOLDERS, is_global, own, parsers, row, shown, usage
from thrumsg_tui import __version__
from thrumsg_tui.cli.parser import build_parser
from thrumsg_tui.domain.wording import capitalized

ENVIRONMENT = {
    "THRUMSG_DB": "the database, if `--db` names none",
    "THRUMSG_CONFIG": "the gateway's configuration, if `--config` names none",
}

_CODE = re.compile(r"`([^`]*)`")
_BRACKETS = re.compile(r"\[[^]]*]|\([^)]*\)")


def man_page() -> str:
    """The whole page: every command with its arguments, the exit statuses, and the words in capitals."""
    parser = build_parser()
    return "\n".join(
        [
            '.\\" Made by "make docs"; change the code, not this file.',
            f'.TH THRUMSG 1 "" "thrumsg {__version__}" "User Commands"',
            ".ad l",
            ".SH NAME",
            r"thrumsg \- a terminal Admin Messenger for peer\-to\-peer texting campaigns",
            ".SH SYNOPSIS",
            ".nf",
            r"\fBthrumsg\fR [\fIOPTIONS\fR] [\fICOMMAND\fR ...]",
            ".fi",
            ".SH DESCRIPTION",
            _text(parser.description or ""),
            ".SH OPTIONS OF EVERY COMMAND",
            *_arguments(parser, [each for each in shown(parser) if is_global(each)]),
            ".SH COMMANDS",
            *(line for below in parsers(parser) for line in _command(below)),
            ".SH EXIT STATUS",
            *(line for status, meaning in sorted(EXITS.items()) for line in _item(str(status), meaning)),
            ".SH THE WORDS IN CAPITALS",
            *(line for word, meaning in sorted(PLACEHOLDERS.items()) for line in _item(word, meaning)),
            ".SH ENVIRONMENT",
            *(line for name, meaning in ENVIRONMENT.items() for line in _item(name, meaning)),
            "",
        ]
    )


def _command(parser: ArgumentParser) -> Iterator[str]:
    yield f".SS {_text(parser.prog)}"
    yield _text(f"{capitalized(parser.description or '')}.")
    yield from (".PP", ".nh", _text(_unbroken(usage(parser))), ".hy")
    yield from _arguments(parser, own(parser))


def _unbroken(written: str) -> str:
    """Put a usage on one line, in which a line may end between two options but not inside of one."""
    return _BRACKETS.sub(lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), " ".join(written.split()))


def _arguments(parser: ArgumentParser, actions: list[Action]) -> Iterator[str]:
    for action in actions:
        written, said = row(parser, action)
        yield from _item(written.strip("`"), said)


def _item(term: str, said: str) -> Iterator[str]:
    yield from (".TP", rf"\fB{_text(term)}\fR", _text(capitalized(said.rstrip(".")) + "."))


def _text(words: str) -> str:
    """Write words so that no character of theirs is taken for a request; code is in bold."""
    escaped = words.replace("\\", r"\e").replace("-", r"\-").replace("\N{NO-BREAK SPACE}", r"\ ")
    escaped = "\n".join(rf"\&{line}" if line.startswith((".", "'")) else line for line in escaped.split("\n"))
    return _CODE.sub(r"\\fB\1\\fR", escaped)
