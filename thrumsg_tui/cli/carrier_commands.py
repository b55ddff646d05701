"""The commands that bring messages to and from the carrier, and show how that stands (`docs/rules.md` 10)."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Commands
from thrumsg_tui.cli.number_commands import add_number_commands


def add_carrier_commands(commands: Commands) -> None:
    """Add the commands."""
    _add_deliver(commands)
    _add_gateway(commands.group("gateway", "set up the connection to the carrier"))
    _add_listen(commands)
    _add_status(commands)
    _add_doubts(commands)
    commands.add("failures", "failures.failures", "list the messages that failed in the last 24 hours, and why")


def _add_deliver(commands: Commands) -> None:
    deliver = commands.add("deliver", "deliver.deliver", "bring queued messages to the carrier, until it is stopped")
    options.add_config(deliver)
    deliver.add_argument("--once", action="store_true", help="end as soon as nothing may leave now")
    deliver.add_argument("--wait", action="store_true", help="stand by while another process delivers")
    deliver.add_argument("--workers", type=options.workers, metavar="N", help="calls at once; default: from the file")
    deliver.add_argument("--dry-run", action="store_true", help="show what would leave, and send nothing")
    old = deliver.add_mutually_exclusive_group()
    old.add_argument("--send-old", action="store_true", help="send also what waited over a day for a first delivery")
    old.add_argument("--cancel-old", action="store_true", help="cancel what waited over a day for a first delivery")


def _add_gateway(commands: Commands) -> None:
    check = commands.add("check", "gateway.check", "check the configuration, the account and the addresses it calls")
    options.add_config(check)
    about = "list, add, stop and replace our own numbers"
    add_number_commands(commands.group("numbers", about, alone="our_numbers.list_all"))


def _add_listen(commands: Commands) -> None:
    listen = commands.add("listen", "listen.listen", "take what the carrier calls with, until it is stopped")
    options.add_config(listen)
    listen.add_argument("--host", default="127.0.0.1", metavar="HOST", help="default: 127.0.0.1")
    where = listen.add_mutually_exclusive_group()
    where.add_argument("--port", type=options.port, default=8437, metavar="PORT", help="default: 8437")
    where.add_argument("--fd", type=options.whole_number, metavar="N", help="the socket that systemd passes: 3")
    listen.add_argument(
        "--public-url", type=options.link, metavar="URL", help="what the carrier calls; default: from the file"
    )
    listen.add_argument(
        "--i-have-a-proxy", action="store_true", help="listen on an address that other machines can reach"
    )


def _add_status(commands: Commands) -> None:
    status = commands.add(
        "status",
        "carrier.status",
        "show what waits for the carrier, what failed, and who delivers",
        check=_wrong_status,
    )
    status.add_argument("--prometheus", action="store_true", help="print the figures for Prometheus")


def _add_doubts(commands: Commands) -> None:
    doubts = commands.add(
        "doubts",
        "carrier.doubts",
        "list messages of which nobody knows whether they left, or decide about one",
        check=_wrong_doubts,
        late="message",
    )
    doubts.add_argument("message", nargs="?", type=options.identifier, metavar="ID")
    doubts.add_argument(
        "--absent",
        action="store_true",
        help="what a restored backup put in doubt and the carrier was asked about and does not have",
    )
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
    if args.absent:
        wrong = args.message is not None or args.was_sent is not None
        return "--absent goes with --send-again or --drop, and with no ID" if wrong else None
    if args.message is None:
        return "name the ID of a message in doubt" if any(answers) else None
    return None if any(answers) else "say what became of it: --was-sent, --send-again or --drop"
