"""Keys of the list of opt-outs."""

from __future__ import annotations

from thrumsg_tui.domain.permissions import Permission
from thrumsg_tui.tui.commands.command import Command, Scope
from thrumsg_tui.tui.commands.why_not import role_allows

COMMANDS = (
    Command(
        "opt_outs.look_up",
        "enter",
        "look_up",
        "Look up",
        "Show all that is known about the number",
        Scope.OPT_OUTS,
        "look up",
    ),
    Command(
        "opt_outs.add",
        "c",
        "add",
        "Opt out",
        "Opt out a number or a pasted list",
        Scope.OPT_OUTS,
        "opt out",
        role_allows(Permission.CHANGE_OPT_OUTS),
    ),
    Command(
        "opt_outs.opt_in",
        "o",
        "opt_in",
        "Opt in",
        "Opt the number in again, in all campaigns",
        Scope.OPT_OUTS,
        "opt in",
        role_allows(Permission.OPT_IN),
    ),
    Command(
        "opt_outs.note",
        "i",
        "note",
        "Note",
        "Change the note on the opt-out",
        Scope.OPT_OUTS,
        "note",
        role_allows(Permission.CHANGE_OPT_OUTS),
    ),
    Command("opt_outs.search", "slash", "search", "Search", "Find by name, note or number", Scope.OPT_OUTS, "search"),
)
