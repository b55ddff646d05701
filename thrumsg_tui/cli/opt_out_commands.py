"""The commands for opt-outs, and for all that is known of a number."""

from __future__ import annotations

from argparse import ArgumentParser

from thrumsg_tui.cli import options
from thrumsg_tui.cli.argument_parser import Commands


def add_opt_out_commands(commands: Commands) -> None:
    """Add the commands."""
    opt_out = commands.add(
        "opt-out", "phone_numbers.opt_out", "opt numbers out in every campaign, and send confirmations"
    )
    opt_out.add_argument("phones", nargs="+", metavar="PHONE", help="in any spelling")
    listed = commands.add(
        "opt-out-list", "phone_numbers.opt_out_list", "opt a list of numbers out, without confirmations"
    )
    listed.add_argument(
        "file", type=options.InputFile, metavar="FILE", help="numbers on lines or between commas; - reads a pipe"
    )
    for parser in (opt_out, listed):
        parser.add_argument("--note", default="", metavar="TEXT", help="why, for the record")
        parser.add_argument("--region", default="US", help="the country of numbers without a country code")
    _add_number(commands.add("opt-in", "phone_numbers.opt_in", "opt a number in again"))
    note = commands.add("opt-out-note", "phone_numbers.change_note", "change the note on an opt-out")
    _add_number(note)
    note.add_argument("note", metavar="TEXT", help="the new note; may be empty")
    listing = commands.add(
        "opt-outs", "phone_numbers.list_opt_outs", "list the numbers that are opted out, newest first"
    )
    listing.add_argument("--search", default="", metavar="TEXT", help="part of a name, a note or a phone number")
    listing.add_argument("--limit", type=options.limit, metavar="N")
    lookup = commands.add("lookup", "phone_numbers.look_up", "show the contact, opt-out and conversations of a number")
    _add_number(lookup)


def _add_number(to: ArgumentParser) -> None:
    to.add_argument("phone", metavar="PHONE", help="in any spelling")
    to.add_argument("--region", default="US", help="the country of numbers without a country code")
