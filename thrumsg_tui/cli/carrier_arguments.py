"""The arguments of the commands that bring messages to and from the carrier, and show how that stands."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Parser


def deliver(parser: Parser) -> None:
    """Add those of `deliver`."""
    options.add_config(parser)
    parser.add_argument("--once", action="store_true", help="end as soon as nothing may leave now")
    parser.add_argument("--wait", action="store_true", help="stand by while another process delivers")
    parser.add_argument("--workers", type=options.workers, metavar="N", help="calls at once; default: from the file")
    parser.add_argument("--dry-run", action="store_true", help="show what would leave, and send nothing")
    old = parser.add_mutually_exclusive_group()
    old.add_argument("--send-old", action="store_true", help="send also what waited over a day for a first delivery")
    old.add_argument("--cancel-old", action="store_true", help="cancel what waited over a day for a first delivery")


def check(parser: Parser) -> None:
    """Add those of `gateway check`."""
    options.add_config(parser)


def listen(parser: Parser) -> None:
    """Add those of `listen`."""
    options.add_config(parser)
    parser.add_argument("--host", default="127.0.0.1", metavar="HOST", help="default: 127.0.0.1")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--port", type=options.port, default=8437, metavar="PORT", help="default: 8437")
    where.add_argument("--fd", type=options.whole_number, metavar="N", help="the socket that systemd passes: 3")
    parser.add_argument(
        "--public-url", type=options.link, metavar="URL", help="what the carrier calls; default: from the file"
    )
    parser.add_argument(
        "--i-have-a-proxy", action="store_true", help="listen on an address that other machines can reach"
    )


def status(parser: Parser) -> None:
    """Add those of `status`."""
    parser.add_argument("--prometheus", action="store_true", help="print the figures for Prometheus")
    parser.set_defaults(check=_wrong_status)


def doubts(parser: Parser) -> None:
    """Add those of `doubts`."""
    parser.add_argument("message", nargs="?", type=options.identifier, metavar="ID")
    parser.add_argument(
        "--absent",
        action="store_true",
        help="what a restored backup put in doubt and the carrier was asked about and does not have",
    )
    answers = parser.add_mutually_exclusive_group()
    answers.add_argument(
        "--was-sent", nargs="?", const="", metavar="SID", help="the carrier has it, under this id if you know it"
    )
    answers.add_argument("--send-again", action="store_true", help="it never left: queue it again")
    answers.add_argument("--drop", action="store_true", help="it never left, and is not to: cancel it")
    parser.set_defaults(check=_wrong_doubts, late="message")


def _wrong_status(args: Namespace) -> str | None:
    return "--prometheus is a format of its own: leave --json out" if args.json and args.prometheus else None


def _wrong_doubts(args: Namespace) -> str | None:
    answers = [args.was_sent is not None, args.send_again, args.drop]
    if args.absent:
        wrong = args.message is not None or args.was_sent is not None
        return "--absent goes with --send-again or --drop, and with no ID" if wrong else None
    if args.message is None:
        return "name the ID of a message in doubt" if any(answers) else None
    return None if any(answers) else "say what became of it: --was-sent, --send-again or --drop"
