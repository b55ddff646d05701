"""The entry point of `thrumsg`: parse, open the database, run the command, print its report."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from thrumsg_tui.cli.argument_parser import function
from thrumsg_tui.cli.argv import command_words, undecoded_word
from thrumsg_tui.cli.output import complain, standard_output, stop_writing
from thrumsg_tui.cli.parser import parse
from thrumsg_tui.cli.terminals import harmless_terminals, terminals_themselves
from thrumsg_tui.domain.errors import DatabaseDamaged, DatabaseUnusable, Nothing, Refused
from thrumsg_tui.garbage import collect_from_now_on

if TYPE_CHECKING:
    from thrumsg_tui.store.pacing import Pacing

_WITHOUT_SESSION = {
    "completion.completion",
    *(f"config.{command}" for command in ("show", "edit", "check", "path")),
    "deliver.deliver",
    "gateway.check",
    "listen.listen",
    "move.move",
    "restore.check_file",
    "restore.restore",
}
"""Commands that need no usable database, or open it themselves."""

_OF_A_FILE = {"maintenance.doctor": "restore.check_file"}
"""Commands that another function runs, which needs no database, if `--file` is given."""

_OF_UNOPENED = {"maintenance.doctor": "maintenance.doctor_of_unopened"}
"""Commands that report a database too damaged to be opened, and the functions for that."""

_TAKES_ANY_TEXT = {"messages.receive"}
"""Commands whose text is stored whatever it holds (`docs/rules.md 1.5`)."""

DONE, REFUSED, DATABASE, BROKEN, INTERRUPTED = 0, 1, 3, 70, 130
"""Exit statuses; argparse has 2 for usage."""


def main(argv: Sequence[str] | None = None, *, pacing: Pacing | None = None) -> int:
    """Run one command line and return its exit status; every failure is one line on standard error.

    `pacing` says in which steps large moves are made; None is that of production.
    """
    with harmless_terminals():
        return _status(sys.argv[1:] if argv is None else argv, pacing)


def _status(given: Sequence[str], pacing: Pacing | None) -> int:
    try:
        return _run(given, pacing)
    except SystemExit as stopped:  # argparse, after it has printed its message
        return _explained(stopped)
    except Refused as reason:
        return _failed(REFUSED, str(reason))
    except DatabaseUnusable as reason:
        return _failed(DATABASE, str(reason))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        stop_writing()
        return DONE
    except Exception as error:  # noqa: BLE001 - the last resort; the traceback is kept
        return _failed(BROKEN, _kept(error))


def _run(given: Sequence[str], pacing: Pacing | None) -> int:
    args = parse(command_words(given, os.environ))
    args.pacing = pacing
    if getattr(args, "file", None) is not None:
        args.run = _OF_A_FILE.get(args.run, args.run)
    if args.run not in _TAKES_ANY_TEXT and (word := undecoded_word(given, os.environ)) is not None:
        raise Refused(f"{word!r} has bytes that are not UTF-8, and would lose them: write it again.", Nothing.CHANGED)
    command = function(args.run)
    if args.run.startswith("app."):
        with terminals_themselves():
            return int(command(args))
    collect_from_now_on()
    return _reported(command, args)


def _reported(command: Callable[..., Any], args: Namespace) -> int:
    from thrumsg_tui.cli.report import show

    if args.run in _WITHOUT_SESSION:
        report = command(args)
        show(report, as_json=args.json)
        return int(report.code)
    from thrumsg_tui.cli.session import finish_what_was_left, opened
    from thrumsg_tui.store.phone_display import refusals_redacted

    try:
        with opened(args) as session, refusals_redacted(session.db):
            if session.may_write:
                finish_what_was_left(session.db, session.who)
            report = command(session, args)
    except DatabaseDamaged as damage:
        if args.run not in _OF_UNOPENED:
            raise
        report = function(_OF_UNOPENED[args.run])(args, damage)
    show(report, as_json=args.json)
    return int(report.code)


def _explained(stopped: SystemExit) -> int:
    """Flush what argparse has printed, and return its exit status."""
    try:
        with standard_output():
            return stopped.code if isinstance(stopped.code, int) else DONE
    except BrokenPipeError:
        stop_writing()
        return DONE
    except Refused as reason:
        return _failed(REFUSED, str(reason))


def _failed(status: int, sentence: str) -> int:
    complain(sentence, is_failure=True)
    return status


def _kept(error: Exception) -> str:
    """Write the traceback to the crash log; return a sentence that says where it is."""
    from thrumsg_tui.crash_log import keep

    return keep(error)
