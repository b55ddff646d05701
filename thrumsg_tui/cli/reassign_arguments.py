"""The arguments of the commands that move conversations between senders, and undo changes."""

from __future__ import annotations

from argparse import Namespace

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Parser
from thrumsg_tui.domain.enums import StatusFilter


def reassign(parser: Parser) -> None:
    """Add those of `reassign`."""
    parser.add_argument("name", nargs="?", metavar="NAME")
    sources = parser.add_argument_group("from")
    sources.add_argument("--from", action="append", default=[], dest="sources", metavar="LOGIN", help="repeatable")
    sources.add_argument("--from-unassigned", action="store_true", help="may be combined with --from")
    sources.add_argument(
        "--from-everyone", action="store_true", help="Unassigned and all senders who are no destination"
    )
    sources.add_argument(
        "--conversation", action="append", default=[], type=options.identifier, metavar="ID", help="repeatable"
    )
    which = parser.add_argument_group("which")
    which.add_argument("--status", type=_status_filter, default=StatusFilter.ANY, help=", ".join(StatusFilter))
    which.add_argument("--count", type=options.whole_number, metavar="N", help="how many in total")
    destinations = parser.add_argument_group("to")
    destinations.add_argument("--to", action="append", default=[], metavar="LOGIN", help="repeatable")
    destinations.add_argument("--to-unassigned", action="store_true", help="nobody gets them")
    destinations.add_argument("--to-everyone", action="store_true", help="all other senders")
    destinations.add_argument("--level", action="store_true", help="even out the totals, in place of equal shares")
    plans = parser.add_argument_group("preview")
    plans.add_argument("--preview", action="store_true", help="show what would happen, and change nothing")
    plans.add_argument("--save-plan", type=options.OutputFile, metavar="FILE", help="save the preview; - prints it")
    plans.add_argument(
        "--plan", type=options.InputFile, metavar="FILE", help="make the moves of a saved preview; - reads a pipe"
    )
    parser.set_defaults(check=_wrong_move)


def undo(parser: Parser) -> None:
    """Add those of `undo`."""
    parser.add_argument("event", nargs="?", type=options.identifier, metavar="EVENT")
    parser.add_argument("--preview", action="store_true", help="show what would be undone, and change nothing")


def _wrong_move(args: Namespace) -> str | None:
    kinds_of_source = [args.sources or args.from_unassigned, args.from_everyone, args.conversation]
    kinds_of_destination = [args.to, args.to_unassigned, args.to_everyone]
    sources, destinations = (sum(map(bool, kinds)) for kinds in (kinds_of_source, kinds_of_destination))
    if args.plan:
        narrowed = args.status is not StatusFilter.ANY or args.count is not None or args.level
        alone = not (args.name or sources or destinations or narrowed or args.preview or args.save_plan)
        return None if alone else "give --plan alone, without other options"
    if not args.name:
        return "name a campaign, or give --plan"
    if sources != 1:
        return "give one of --from (and --from-unassigned), --from-everyone, --conversation"
    if destinations != 1:
        return "give one of --to, --to-unassigned, --to-everyone"
    if args.save_plan and not args.preview:
        return "--save-plan goes with --preview"
    return "--save-plan - prints the plan: leave --json out" if args.json and str(args.save_plan) == "-" else None


@options.value
def _status_filter(text: str) -> StatusFilter:
    try:
        return StatusFilter(text.replace("_", "-"))
    except ValueError:
        raise ValueError(f"{text!r} is none of {', '.join(StatusFilter)}.") from None
