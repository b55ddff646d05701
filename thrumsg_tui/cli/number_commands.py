"""The commands for our own numbers, with their options."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Commands
from thrumsg_tui.domain.our_numbers import NumberKind


def add_number_commands(numbers: Commands) -> None:
    """Add the commands of `gateway numbers`."""
    numbers.add("list", "our_numbers.list_all", "list our numbers, their state and their conversations")
    add = numbers.add("add", "our_numbers.add", "add one of our numbers, or change its kind and pace")
    _add_number(add)
    kinds = ", ".join(NumberKind)
    add.add_argument("--kind", choices=[str(kind) for kind in NumberKind], default=str(NumberKind.LONG), help=kinds)
    add.add_argument("--mps", type=_pace, default=1.0, metavar="N", help="segments a second (default: 1)")
    add.add_argument("--gateway", metavar="NAME", help="the carrier that has it; needed for the first number only")
    stop = numbers.add("stop", "our_numbers.stop", "let nothing leave from a number until it is made ready again")
    _add_number(stop)
    stop.add_argument("--withdrawn", action="store_true", help="it is ours no more: its conversations need others")
    stop.add_argument("--why", default="", metavar="TEXT", help="for the record")
    _add_number(numbers.add("ready", "our_numbers.make_ready", "let messages leave from a number again"))
    replace = numbers.add("replace", "our_numbers.replace", "give all conversations of a number others of our numbers")
    _add_number(replace)
    replace.add_argument("--with", dest="new", metavar="NUMBER", help="one for all (default: the best for each)")


def add_campaign_numbers(campaigns: Commands) -> None:
    """Add `campaign numbers`."""
    numbers = campaigns.add(
        "numbers", "our_numbers.campaign_numbers", "show or set which of our numbers a campaign uses", check=_wrong
    )
    numbers.add_argument("name", metavar="NAME")
    numbers.add_argument("numbers", nargs="*", metavar="NUMBER", help="use only these for conversations that begin")
    numbers.add_argument("--all", action="store_true", help="use all again")


def add_renumber(commands: Commands) -> None:
    """Add `renumber`."""
    renumber = commands.add(
        "renumber", "our_numbers.renumber", "text a conversation from another of our numbers, if its own is withdrawn"
    )
    renumber.add_argument("conversation", type=options.identifier, metavar="CONVERSATION")
    renumber.add_argument("number", nargs="?", metavar="NUMBER", help="default: the best of those that are ready")


def _add_number(to: ArgumentParser) -> None:
    to.add_argument("number", metavar="NUMBER", help="one of our numbers, in any spelling")


def _wrong(args: Namespace) -> str | None:
    return "give numbers, or --all, not both" if args.all and args.numbers else None


@options.value
def _pace(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number of segments a second, such as 1 or 0.5.") from None
