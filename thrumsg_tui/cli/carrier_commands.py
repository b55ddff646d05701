"""The commands that show how delivery to the carrier stands (`docs/rules.md` 10)."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Commands


def add_carrier_commands(commands: Commands) -> None:
    """Add the commands."""
    status = commands.add(
        "status",
        "carrier.status",
        "show what waits for the carrier, what failed, and who delivers",
        check=_wrong_status,
    )
    status.add_argument("--prometheus", action="store_true", help="print the figures for Prometheus")
    doubts = commands.add(
        "doubts",
        "carrier.doubts",
        "list messages of which nobody knows whether they left, or decide about one",
        check=_wrong_doubts,
        late="message",
    )
    doubts.add_argument("message", nargs="?", type=options.identifier, metavar="ID")
    answers = doubts.add_mutually_exclusive_group()
    answers.add_argument(
        "--was-sent", nargs="?", const="", metavar="SID", help="the carrier has it, under this id if you know it"
    )
    answers.add_argument("--send-again", action="store_true", help="it never left: queue it again")
    answers.add_argument("--drop", action="store_true", help="it never left, and is not to: cancel it")


def _wrong_status(args: Namespace) -> str | None:
    return "--prometheus is a format of its own: leave --json out" if args.json and args.prometheus else None


def _wrong_doubts(args: Namespace) -> str | None:
    answers = [args.was_sent is not None, args.send_again, args.drop]
    if args.message is None:
        return "name the ID of a message in doubt" if any(answers) else None
    return None if any(answers) else "say what became of it: --was-sent, --send-again or --drop"
